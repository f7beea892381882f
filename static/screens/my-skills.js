// My skills: add, set levels, remove, suggest what the catalogue lacks.

import { html, keyed } from "../core/view.js";
import { get, patch, post, remove } from "../core/api.js";
import { form } from "../core/form.js";
import { session } from "../core/session.js";
import { said, t, word } from "../core/texts.js";
import { icon } from "../parts/icons.js";
import { chip, empty, head, LEVELS, toast, trying } from "../parts/pieces.js";
import { faults, field, sender } from "../parts/fields.js";
import { skillPicker } from "../parts/skill-picker.js";

export default async (page) => {
  const [held, gaps] = await Promise.all([get("/user-skills/", { page_size: 100, ordering: "skill" }), get("/user-skills/gaps/")]);
  const add = (name) => trying(() => post("/user-skills/", { skill_name: name, proficiency_level: "beginner" }), { done: t("skills.added", { name }) });
  const change = (it, values) => trying(() => patch(`/user-skills/${it.id}/`, values), { done: t("do.saved"), again: false });
  const drop = (it) => trying(() => remove(`/user-skills/${it.id}/`), { done: t("skills.removed", { name: it.skill.name }) });
  const picker = skillPicker(page, { id: "add-skill", label: t("skills.add"), pick: (skill) => add(skill.name) });
  const suggest = form(page, "suggest-skill", async (values, key) => { await post("/skills/suggestions/", values, key); toast(t("skills.suggested")); });
  return () => html`<div class="stack wide">${head(page, t("skills.title"), { back: [`/people/${session.user.id}`, t("shell.profile")], lead: t("skills.lead") })}
    <div class="split"><div class="stack wide"><div class="card">${picker()}</div>
      ${held.results.length ? html`<ul class="plainlist lines card flush">${held.results.map((it) => keyed(it.id, html`<li class="row between"><span class="grow"><b>${it.skill.name}</b> <span class="small soft">${it.source === "resume" ? t("skills.from-resume") : ""}${it.endorsements_count ? ` ${t("skills.endorsed", { n: it.endorsements_count })}` : ""}</span></span>
        <label class="hush" for=${`level-${it.id}`}>${t("skills.level-of", { name: it.skill.name })}</label><select id=${`level-${it.id}`} class="slim" @change=${(event) => change(it, { proficiency_level: event.target.value })}>${LEVELS.map((level) => html`<option value=${level} ?selected=${level === it.proficiency_level}>${word("level", level)}</option>`)}</select>
        <label class="hush" for=${`years-${it.id}`}>${t("skills.years-of", { name: it.skill.name })}</label><input id=${`years-${it.id}`} class="years" type="number" min="0" max="60" step="0.5" value=${it.years_of_experience} @change=${(event) => change(it, { years_of_experience: Number(event.target.value) })}>
        <button class="button plain icon" aria-label=${`${t("do.delete")}: ${it.skill.name}`} @click=${() => drop(it)}>${icon("bin")}</button></li>`))}</ul>` : empty(t("skills.none"), html`<a class="button main" href="/resume">${t("drop.here")}</a>`)}</div>
      <aside class="stack wide" aria-label=${t("skills.gaps")}><section class="card stack"><h2>${t("skills.gaps")}</h2><p class="small soft">${t("skills.gaps-what")}</p><ul class="plainlist stack tight">${gaps.map((it) => html`<li>${chip(it.skill_name, "missing", { href: `/jobs/what-if?skill=${encodeURIComponent(it.skill_name)}` })}<p class="small soft">${said(it.reason)}</p></li>`)}</ul></section>
        <section class="card stack"><h2>${t("skills.suggest")}</h2><form class="stack" novalidate @submit=${suggest.submit}>${faults(suggest)}${field(suggest, { name: "name", label: t("skills.name"), max: 100, required: true })}${field(suggest, { name: "why", label: t("skills.why"), max: 500, optional: true })}${sender(suggest, t("skills.suggest-do"), "")}</form></section></aside></div></div>`;
};
