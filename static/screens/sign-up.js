// Making an account; the browser is signed in right away.

import { html } from "../core/view.js";
import { ask } from "../core/api.js";
import { form } from "../core/form.js";
import { go } from "../core/router.js";
import { session, signedIn } from "../core/session.js";
import { t } from "../core/texts.js";
import { head } from "../parts/pieces.js";
import { faults, field, sender } from "../parts/fields.js";

export default async (page) => {
  if (session.user) return go("/", { replace: true });
  const it = form(page, "sign-up", async (values) => {
    await ask("/auth/register/", values);
    const { access, user } = await ask("/auth/cookie/", { username: values.username, password: values.password });
    signedIn(access, user);
    await go("/welcome", { replace: true });
  });
  return () => html`<div class="door stack wide">${head(page, t("sign-up.title"))}
    <form class="card stack" novalidate @submit=${it.submit}>${faults(it)}
      ${field(it, { name: "username", label: t("sign-up.username"), help: t("sign-up.username-help"), autocomplete: "username", caps: "none", spell: "false", max: 30, required: true })}
      ${field(it, { name: "email", label: t("sign-up.email"), help: t("sign-up.email-help"), type: "email", autocomplete: "email", required: true })}
      ${field(it, { name: "password", label: t("sign-in.password"), help: t("sign-up.password-help"), type: "password", autocomplete: "new-password", required: true })}
      <div class="fields">${field(it, { name: "first_name", label: t("sign-up.first"), autocomplete: "given-name", optional: true })}
      ${field(it, { name: "last_name", label: t("sign-up.last"), autocomplete: "family-name", optional: true })}</div>
      ${sender(it, t("sign-up.do"))}</form>
    <p class="soft">${t("sign-up.known")} <a href="/sign-in">${t("sign-in.do")}</a></p></div>`;
};
