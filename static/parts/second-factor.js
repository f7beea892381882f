// The second factor: set up with a picture to scan, recovery codes, switching it off.

import { html } from "../core/view.js";
import { ask } from "../core/api.js";
import { form } from "../core/form.js";
import { reload } from "../core/router.js";
import { t } from "../core/texts.js";
import { note, toast } from "./pieces.js";
import { faults, field, sender } from "./fields.js";

// Recovery codes are shown once; they outlive the reload that shows the new state.
let codes = null;

export function secondFactor(page, state) {
  let setup = null;
  const begin = form(page, "totp-begin", async (values) => { setup = await ask("/auth/totp/", values); }, { keep: false });
  const confirm = form(page, "totp-confirm", async (values) => { codes = (await ask("/auth/totp/confirm/", values)).recovery_codes; await reload(); }, { keep: false });
  const off = form(page, "totp-off", async (values, key, button) => {
    if (button?.value === "codes") codes = (await ask("/auth/totp/recovery-codes/", values)).recovery_codes;
    else { await ask("/auth/totp/", values, "DELETE"); codes = null; toast(t("factor.is-off")); }
    await reload();
  }, { keep: false });
  const password = (it) => field(it, { name: "password", label: t("sign-in.password"), type: "password", autocomplete: "current-password", required: true });
  const otp = (it) => field(it, { name: "otp", label: t("factor.code"), autocomplete: "one-time-code", inputmode: "numeric", required: true });
  const shown = () => codes ? html`${note("good", t("factor.codes"))}<ul class="codes">${codes.map((code) => html`<li>${code}</li>`)}</ul>` : null;
  return () => {
    if (state.enabled) {
      return html`<p class="good-ink">${t("factor.on", { n: state.recovery_codes_left })}</p>${shown()}<form class="stack" novalidate @submit=${off.submit}>${faults(off)}${password(off)}${otp(off)}
        <div class="row">${sender(off, t("factor.off"), "danger", "off")}${sender(off, t("factor.new-codes"), "", "codes")}</div></form>`;
    }
    if (!setup) return html`<p class="small soft">${t("factor.what")}</p><form class="stack" novalidate @submit=${begin.submit}>${faults(begin)}${password(begin)}${sender(begin, t("factor.begin"), "")}</form>`;
    return html`<p class="small">${t("factor.scan")}</p><img class="qr" alt=${t("factor.qr")} src=${`data:image/svg+xml,${encodeURIComponent(setup.qr_svg)}`} width="192" height="192"><p class="small soft">${t("factor.secret")} <code>${setup.secret}</code></p>
      <form class="stack" novalidate @submit=${confirm.submit}>${faults(confirm)}${otp(confirm)}${sender(confirm, t("factor.confirm"))}</form>`;
  };
}
