// The first minutes: résumé → what was found → goal → dashboard. Each step can be skipped.

import { html, keyed } from "../core/view.js";
import { get, patch, remove, maybe } from "../core/api.js";
import { form } from "../core/form.js";
import { go } from "../core/router.js";
import { changedUser, session } from "../core/session.js";
import { nameOf } from "../core/format.js";
import { said, t, word } from "../core/texts.js";
import { dropPlace } from "../parts/drop.js";
import { evidenceLine } from "../parts/evidence.js";
import { head, LEVELS, note, tabs, trying } from "../parts/pieces.js";
import { faults, field, sender, select, tick } from "../parts/fields.js";

export default async (page) => {
  const step = Number(page.query.get("step") ?? 1);
  const part = await { 1: first, 2: second, 3: third }[step === 2 || step === 3 ? step : 1](page);
  const name = nameOf(session.user);
  return () => html`<div class="stack wide">${head(page, t("welcome.title", { name }), { lead: t("welcome.lead") })}
    ${tabs(t("welcome.steps"), [1, 2, 3].map((n) => [`/welcome?step=${n}`, `${n}. ${t(`welcome.step${n}`)}`, n === step]))}
    ${part()}</div>`;
};

async function first(page) {
  const drop = dropPlace(page, () => go("/welcome?step=2"));
  return () => html`<div class="stack">${drop()}<p><a href="/welcome?step=3">${t("welcome.skip")}</a></p></div>`;
}

async function second() {
  const [list, held] = await Promise.all([get("/resumes/", { page_size: 1 }), get("/user-skills/", { page_size: 100 })]);
  const analysis = list.results[0] ? await maybe(`/resumes/${list.results[0].id}/analysis/`) : null;
  const evidence = new Map((analysis?.evidence ?? []).map((it) => [it.skill, it]));
  const rows = held.results.filter((it) => evidence.has(it.skill.name));
  return () => html`<div class="stack">
    <div class="stack tight"><h2>${t("welcome.found", { n: rows.length })}</h2><p class="soft">${rows.length ? t("welcome.found-what") : t("welcome.none")}</p></div>
    ${analysis?.reason && note("warn", said(analysis.reason))}
    ${rows.length ? html`<ul class="plainlist lines card flush">${rows.map((row) => keyed(row.id, html`<li class="row top">
      <div class="grow stack tight"><b>${row.skill.name}</b>${evidenceLine(evidence.get(row.skill.name))}</div>
      <label class="hush" for=${`level-${row.id}`}>${t("skills.level-of", { name: row.skill.name })}</label>
      <select id=${`level-${row.id}`} class="slim" @change=${(event) => trying(() => patch(`/user-skills/${row.id}/`, { proficiency_level: event.target.value }), { again: false })}>
        ${LEVELS.map((it) => html`<option value=${it} ?selected=${row.proficiency_level === it}>${word("level", it)}</option>`)}</select>
      <button type="button" class="button danger little" @click=${() => trying(() => remove(`/user-skills/${row.id}/`))}>${t("skills.not-mine")}</button></li>`))}</ul>` : null}
    <p><a class="button main" href="/welcome?step=3">${t("welcome.next")}</a></p></div>`;
}

async function third(page) {
  const roles = await get("/skills/roles/");
  const { user } = session;
  const it = form(page, "goal", async (values) => {
    changedUser({ ...user, ...(await patch("/users/me/", values)) });
    await go("/");
  });
  return () => html`<form class="card stack" novalidate @submit=${it.submit}>${faults(it)}
    ${field(it, { name: "career_goal", label: t("welcome.goal"), help: t("welcome.goal-help"), value: user.career_goal, max: 500, list: "roles" })}
    <datalist id="roles">${roles.map((role) => html`<option value=${role.name}></option>`)}</datalist>
    <div class="fields">${select(it, { name: "experience_level", label: t("welcome.level"), value: user.experience_level ?? "", rows: [["", "–"], ...["entry", "junior", "mid", "senior", "lead"].map((level) => [level, word("experience", level)])] })}
    ${field(it, { name: "location", label: t("welcome.location"), help: t("welcome.location-help"), value: user.location, max: 100, autocomplete: "address-level2" })}</div>
    ${tick(it, { name: "open_to_remote", label: t("welcome.remote"), value: user.open_to_remote })}
    ${sender(it, t("welcome.finish"))}</form>`;
}
