// My data: take it along, or have it erased.

import { html } from "../core/view.js";
import { download, maybe, post, remove } from "../core/api.js";
import { go } from "../core/router.js";
import { session, signedOut } from "../core/session.js";
import { day } from "../core/format.js";
import { t } from "../core/texts.js";
import { chip, confirm, head, note, toast, trying } from "../parts/pieces.js";
import { settingsTabs } from "../parts/settings-tabs.js";

export default async (page) => {
  let state = page.query.has("export") ? await maybe("/users/me/export/") : null;
  const ask = () => trying(async () => { state = await post("/users/me/export/"); page.update(); }, { again: false });
  const fetchIt = () => trying(() => download("/users/me/export/download/", `careerd-${session.user.username}.zip`), { again: false });
  const leave = async () => {
    if (!(await confirm(t("data.leave-ask"), t("data.leave-what"), t("data.leave")))) return;
    if ((await trying(() => remove("/users/me/"), { again: false })) === undefined) return;
    signedOut();
    go("/");
  };
  let resume = null;
  let told = null;
  const read = async (event) => {
    try { resume = JSON.parse(await event.target.files[0].text()); } catch { return toast(t("data.json-fault"), "gap"); }
    told = (await trying(() => post("/users/me/json-resume/?dry_run=true", resume), { again: false })) ?? null;
    return page.update();
  };
  const take = () => trying(async () => { await post("/users/me/json-resume/", resume); told = null; page.update(); }, { again: false, done: t("do.saved") });
  page.every(4000, async () => { if (state?.status === "pending") { state = await maybe("/users/me/export/"); page.update(); } });
  return () => html`<div class="stack wide">${head(page, t("shell.settings"))}${settingsTabs("data")}
    <section class="card stack"><h2>${t("data.export")}</h2><p class="soft">${t("data.export-what")}</p>
      <div role="status">${state?.status === "pending" ? note("info", t("data.pending")) : state?.status === "ready" ? html`<p>${t("data.ready", { day: state.expires_at ? day(state.expires_at) : "" })}</p>` : state?.status === "failed" ? note("gap", t("data.failed")) : null}</div>
      <div class="row">${state?.status === "ready" ? html`<button class="button main" @click=${fetchIt}>${t("data.download")}</button>` : null}<button class="button" @click=${ask}>${t("data.ask")}</button><button class="button" @click=${() => trying(() => download("/users/me/resume.docx", "resume.docx"), { again: false })}>${t("data.docx")}</button></div></section>
    <section class="card stack"><h2>JSON Resume</h2><p class="soft">${t("data.json-what")}</p>
      <div class="row"><button class="button" @click=${() => trying(() => download("/users/me/json-resume/", "resume.json"), { again: false })}>${t("data.json-get")}</button><label class="button"><span>${t("data.json-put")}</span><input class="hush" type="file" accept=".json,application/json" @change=${read}></label></div>
      ${told ? html`<div class="well stack tight" role="status"><p>${t("data.json-changes", { n: Object.keys(told.changes).length, skills: told.skills_added.length })}</p><ul>${Object.entries(told.changes).map(([field, { from, to }]) => html`<li><b>${field}</b>: ${from || "–"} → ${to}</li>`)}</ul><div class="chips">${told.skills_added.map((it) => chip(it.name ?? it.skill?.name ?? it, "suggested"))}</div><div><button class="button main" @click=${take}>${t("data.json-take")}</button></div></div>` : null}</section>
    <section class="card stack"><h2>${t("data.leave")}</h2><p class="soft">${t("data.leave-what")}</p><div><button class="button danger" @click=${leave}>${t("data.leave")}</button></div></section></div>`;
};
