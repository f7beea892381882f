// Signing in, with the second factor when it is asked for.

import { html } from "../core/view.js";
import { ask } from "../core/api.js";
import { form } from "../core/form.js";
import { go } from "../core/router.js";
import { session, signedIn } from "../core/session.js";
import { t } from "../core/texts.js";
import { head } from "../parts/pieces.js";
import { faults, field, sender } from "../parts/fields.js";

export const nextOf = (page, otherwise = "/") => {
  const next = page.query.get("next") ?? "";
  return /^\/(?![/\\])/.test(next) ? next : otherwise;
};

export default async (page) => {
  if (session.user) return go(nextOf(page), { replace: true });
  let second = false;
  const it = form(page, "sign-in", async (values) => {
    try {
      const { access, user } = await ask("/auth/cookie/", { ...values, otp: values.otp || undefined });
      signedIn(access, user);
    } catch (failure) {
      if (failure.kind !== "Second Factor Required") throw failure;
      second = true;
      if (values.otp) throw failure;
      page.update();
      setTimeout(() => document.getElementById("sign-in-otp")?.focus());
      return;
    }
    await go(nextOf(page), { replace: true });
  }, { keep: false });
  return () => html`<div class="door stack wide">${head(page, t("sign-in.title"))}
    <form class="card stack" novalidate @submit=${it.submit}>${faults(it)}
      ${field(it, { name: "username", label: t("sign-in.name"), autocomplete: "username", caps: "none", spell: "false", required: true })}
      ${field(it, { name: "password", label: t("sign-in.password"), type: "password", autocomplete: "current-password", required: true })}
      ${second ? field(it, { name: "otp", label: t("sign-in.otp"), help: t("sign-in.otp-help"), autocomplete: "one-time-code", required: true }) : null}
      ${sender(it, t("sign-in.do"))}<a class="small" href="/reset-password">${t("sign-in.forgot")}</a></form>
    <p class="soft">${t("sign-in.new")} <a href=${`/sign-up${location.search}`}>${t("start.sign-up")}</a></p></div>`;
};
