// Setting up, using and ending the second factor of signing in.

import { html } from "../core/view.js";
import { ask, hand } from "../core/api.js";
import { form } from "../core/form.js";
import { t } from "../core/texts.js";
import { copyButton } from "./copy.js";
import { icon } from "./icons.js";
import { note, toast } from "./pieces.js";
import { faults, field, sender } from "./fields.js";

export function secondFactor(page, state) {
  let setup = null;
  const begin = form(page, "totp-begin", async (values) => {
    setup = await ask("/auth/totp/", values);
    page.update();
    document.querySelector("[name=otp]")?.focus();
  }, { keep: false });
  const isOn = (answer) => {
    page.once.codes = answer.recovery_codes;
    Object.assign(state, { enabled: true, recovery_codes_left: answer.recovery_codes.length });
  };
  const confirm = form(page, "totp-confirm", async (values) => {
    isOn(await ask("/auth/totp/confirm/", values));
    setup = null;
    toast(t("factor.is-on"));
  }, { keep: false });
  const off = form(page, "totp-off", async (values, key, button) => {
    if (button?.value === "codes") return isOn(await ask("/auth/totp/recovery-codes/", values));
    await ask("/auth/totp/", values, "DELETE");
    state.enabled = false;
    toast(t("factor.is-off"));
  }, { keep: false });
  const kept = () => { page.once.codes = null; page.update(); };
  const password = (it) => field(it, { name: "password", label: t("sign-in.password"), type: "password", autocomplete: "current-password", required: true });
  const otp = (it, help) => field(it, { name: "otp", label: t("factor.code"), autocomplete: "one-time-code", inputmode: help ? "text" : "numeric", required: true, help });
  const file = () => hand(new Blob([`${location.host}\n${page.once.codes.join("\n")}\n`], { type: "text/plain" }), "careerd-recovery-codes.txt");
  return () => {
    const { codes } = page.once;
    if (codes) {
      return html`${note("good", t("factor.codes"))}<ul class="codes">${codes.map((code) => html`<li>${code}</li>`)}</ul>
        <div class="row">${copyButton(codes.join("\n"))}<button type="button" class="button little" @click=${file}>${icon("download", true)} ${t("factor.file")}</button>
          <button type="button" class="button main little" @click=${kept}>${t("factor.kept")}</button></div>`;
    }
    if (state.enabled) {
      return html`<p class="good-ink">${t("factor.on", { n: state.recovery_codes_left })}</p><form class="stack" novalidate @submit=${off.submit}>${faults(off)}${password(off)}${otp(off, t("factor.code-help"))}
        <div class="row">${sender(off, t("factor.off"), "danger", "off")}${sender(off, t("factor.new-codes"), "", "codes")}</div></form>`;
    }
    if (!setup) return html`<p class="small soft">${t("factor.what")}</p><form class="stack" novalidate @submit=${begin.submit}>${faults(begin)}${password(begin)}${sender(begin, t("factor.begin"), "")}</form>`;
    return html`<p class="small">${t("factor.scan")}</p><img class="qr" alt=${t("factor.qr")} src=${`data:image/svg+xml,${encodeURIComponent(setup.qr_svg)}`} width="192" height="192">
      <p class="small"><a href=${setup.otpauth_url}>${t("factor.open")}</a></p>
      <div class="stack tight"><p class="small soft">${t("factor.secret")}</p><div class="row"><code class="secret">${setup.secret.match(/.{1,4}/g).join(" ")}</code>${copyButton(setup.secret)}</div></div>
      <form class="stack" novalidate @submit=${confirm.submit}>${faults(confirm)}${otp(confirm)}${sender(confirm, t("factor.confirm"))}</form>`;
  };
}
