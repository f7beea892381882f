// Who is signed in where, password, second factor, tokens for programs.

import { html, keyed } from "../core/view.js";
import { ask, get, post, remove } from "../core/api.js";
import { form } from "../core/form.js";
import { go, reload } from "../core/router.js";
import { session, signedIn, signedOut } from "../core/session.js";
import { day, when } from "../core/format.js";
import { t } from "../core/texts.js";
import { chip, confirm, empty, head, note, toast, trying } from "../parts/pieces.js";
import { faults, field, select, sender } from "../parts/fields.js";
import { copyButton } from "../parts/copy.js";
import { secondFactor } from "../parts/second-factor.js";
import { settingsTabs } from "../parts/settings-tabs.js";

export default async (page) => {
  const [sessions, totp, tokens] = await Promise.all([get("/auth/sessions/"), get("/auth/totp/"), get("/auth/tokens/")]);
  const password = form(page, "password", async (values) => {
    await ask("/auth/password/change/", values);
    // The change ended every sign-in, this one included: the new password begins another.
    const { access, user } = await ask("/auth/cookie/", { username: session.user.username, password: values.new_password }).catch(() => ({}));
    if (access) signedIn(access, user);
    toast(t("security.password-set"));
    if (access) await reload();
    else { signedOut(); await go("/sign-in"); }
  }, { keep: false });
  const email = form(page, "email", async (values) => { await ask("/auth/email/change/", values); toast(t("security.email-sent")); }, { keep: false });
  const token = form(page, "token", async (values, key) => { page.once.token = (await post("/auth/tokens/", values, key)).token; await reload(); });
  const factor = secondFactor(page, totp);
  const end = (it) => trying(() => remove(`/auth/sessions/${it.id}/`), { done: t("security.ended") });
  const everywhere = async () => {
    if (!(await confirm(t("security.all-ask"), t("security.all-what"), t("security.all")))) return;
    await trying(() => post("/auth/logout-all/"), { again: false });
    signedOut();
    go("/sign-in");
  };
  const verify = () => trying(() => post("/auth/email/verify/send/"), { done: t("security.verify-sent"), again: false });
  return () => html`<div class="stack wide">${head(page, t("shell.settings"))}${settingsTabs("security")}
    ${session.user.email_verified === false ? note("warn", html`<span>${t("security.unverified", { email: session.user.email })}</span> <button class="link" @click=${verify}>${t("security.verify")}</button>`) : null}
    <section class="stack"><div class="row between"><h2>${t("security.sessions")}</h2><button class="button danger little" @click=${everywhere}>${t("security.all")}</button></div>
      <ul class="plainlist lines card flush">${sessions.results.map((it) => keyed(it.id, html`<li class="row between"><div class="grow stack none"><span class="strong">${agent(it.user_agent)}</span><span class="small soft">${it.ip} · ${t("security.used")} ${when(it.last_used_at)}</span></div>${it.current ? chip(t("security.this"), "good") : html`<button class="button little" @click=${() => end(it)}>${t("security.end")}</button>`}</li>`))}</ul></section>
    <div class="split even"><div class="stack"><section class="card stack"><h2>${t("security.password")}</h2><form class="stack" novalidate @submit=${password.submit}>${faults(password)}<input class="hush" name="username" autocomplete="username" value=${session.user.username} tabindex="-1" aria-hidden="true" disabled>
        ${field(password, { name: "current_password", label: t("security.current"), type: "password", autocomplete: "current-password", required: true })}${field(password, { name: "new_password", label: t("link.reset-password.label"), help: t("sign-up.password-help"), type: "password", autocomplete: "new-password", required: true })}${sender(password, t("security.change"), "")}</form></section>
      <section class="card stack"><h2>${t("security.email")}</h2><p class="small soft">${session.user.email}</p><form class="stack" novalidate @submit=${email.submit}>${faults(email)}${field(email, { name: "email", label: t("security.new-email"), type: "email", autocomplete: "email", required: true })}${field(email, { name: "password", label: t("sign-in.password"), type: "password", autocomplete: "current-password", required: true })}${sender(email, t("security.email-change"), "")}</form></section></div>
      <section class="card stack"><h2>${t("security.factor")}</h2>${factor()}</section></div>
    <section class="stack"><h2>${t("security.tokens")}</h2><p class="soft">${t("security.tokens-what")}</p>
      ${page.once.token ? note("good", html`<p>${t("security.token-once")}</p><p class="row"><code>${page.once.token}</code>${copyButton(page.once.token)}</p>`) : null}
      ${tokens.results.length ? html`<ul class="plainlist lines card flush">${tokens.results.map((it) => keyed(it.id, html`<li class="row between"><div class="grow stack none"><span class="strong">${it.name}</span><span class="small soft">${it.prefix}… · ${t(`scope.${it.scope}`)} · ${it.expires_at ? t("job.until", { day: day(it.expires_at) }) : ""}</span></div><button class="button little danger" aria-label=${`${t("do.delete")}: ${it.name}`} @click=${() => trying(() => remove(`/auth/tokens/${it.id}/`))}>${t("do.delete")}</button></li>`))}</ul>` : empty(t("security.tokens-none"))}
      <form class="card row" novalidate @submit=${token.submit}>${faults(token)}<div class="grow">${field(token, { name: "name", label: t("security.token-name"), max: 50, required: true })}</div>${select(token, { name: "scope", label: t("security.token-scope"), value: "read", rows: ["read", "write"].map((s) => [s, t(`scope.${s}`)]) })}${sender(token, t("security.token-new"), "below")}</form></section></div>`;
};

// What a browser calls itself, shortened to what a person recognises.
function agent(text) {
  const browser = /Firefox|Edg|OPR|Chrome|Safari|curl/.exec(text ?? "")?.[0];
  const system = /Windows|Android|iPhone|iPad|Mac OS|Linux/.exec(text ?? "")?.[0];
  return [{ Edg: "Edge", OPR: "Opera" }[browser] ?? browser, system].filter(Boolean).join(", ") || text || "–";
}
