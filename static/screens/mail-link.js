// A link from a mail: says what it does, and does it when asked to. Opening it alone changes nothing, because mail
// programs open links by themselves.

import { html } from "../core/view.js";
import { ask } from "../core/api.js";
import { form } from "../core/form.js";
import { t } from "../core/texts.js";
import { head, note } from "../parts/pieces.js";
import { faults, field, sender } from "../parts/fields.js";

const ADDRESSES = {
  verify: "/auth/email/verify/",
  unsubscribe: "/notifications/unsubscribe/",
  restore: "/auth/account/restore/",
  "reset-password": "/auth/password/reset/confirm/",
  forgotten: "/auth/password/reset/",
};

export default async (page) => {
  const { token } = page.params;
  const first = page.path.split("/")[1];
  const kind = first === "reset-password" && !token ? "forgotten" : first;
  let done = false;
  const it = form(page, `link-${kind}`, async (values) => {
    await ask(ADDRESSES[kind], { ...values, ...(token && { token }) });
    done = true;
  }, { keep: false });
  const asked = {
    "reset-password": () => field(it, { name: "new_password", label: t("link.reset-password.label"), type: "password", autocomplete: "new-password", required: true }),
    forgotten: () => field(it, { name: "email", label: t("link.forgotten.label"), type: "email", autocomplete: "email", required: true }),
  }[kind];
  return () => html`<div class="door stack wide">${head(page, t(`link.${kind}.title`))}
    ${done ? html`${note("good", t(`link.${kind}.done`))}<a class="button" href="/">${t("missing.home")}</a>`
      : html`<form class="card stack" novalidate @submit=${it.submit}><p>${t(`link.${kind}.what`)}</p>${faults(it)}${asked?.()}
          ${it.fields.token && note("gap", it.fields.token)}${sender(it, t(`link.${kind}.do`))}</form>`}</div>`;
};
