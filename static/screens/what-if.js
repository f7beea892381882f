// What a skill more would open.

import { html, keyed } from "../core/view.js";
import { get } from "../core/api.js";
import { number } from "../core/format.js";
import { said, t, word } from "../core/texts.js";
import { chip, empty, head, LEVELS, ring } from "../parts/pieces.js";
import { jobTabs } from "../parts/job-tabs.js";
import { jobMeta } from "../parts/jobs.js";
import { skillPicker } from "../parts/skill-picker.js";
import { icon } from "../parts/icons.js";

export default async (page) => {
  const skills = page.query.getAll("skill").slice(0, 5);
  const asked = page.query.get("level");
  const level = LEVELS.includes(asked) ? asked : "intermediate";
  const threshold = Number(page.query.get("threshold") ?? 70);
  const [found, gaps] = await Promise.all([
    skills.length ? get("/users/me/recommendations/what-if/", { skill: skills, level, threshold }) : null,
    get("/user-skills/gaps/"),
  ]);
  const names = found?.skills.map((it) => it.name) ?? [];
  const set = (next) => page.ask({ skill: names, level, threshold, ...next });
  const picker = skillPicker(page, { id: "what-if", label: t("whatif.add"), pick: (skill) => set({ skill: [...names, skill.name].slice(-5) }) });
  let shown = threshold;
  let reached = level;
  return () => html`<div class="stack wide">${head(page, t("whatif.title"), { lead: t("whatif.lead") })}${jobTabs("/jobs/what-if")}
    <section class="card stack"><div class="fields">${picker()}
      <div class="field"><label for="level">${t("whatif.level", { level: word("level", reached) })}</label><input id="level" type="range" min="1" max=${LEVELS.length} value=${LEVELS.indexOf(level) + 1} aria-valuetext=${word("level", reached)} @input=${(event) => { reached = LEVELS[event.target.value - 1]; page.update(); }} @change=${() => set({ level: reached })}></div>
      <div class="field"><label for="threshold">${t("whatif.threshold", { n: shown })}</label><input id="threshold" type="range" min="30" max="95" step="5" value=${threshold} @input=${(event) => { shown = Number(event.target.value); page.update(); }} @change=${(event) => set({ threshold: event.target.value })}></div></div>
      ${names.length ? html`<div class="chips">${names.map((it) => keyed(it, html`<button type="button" class="chip" aria-label=${`${it}: ${t("skills.remove")}`} @click=${() => set({ skill: names.filter((other) => other !== it) })}>${it} ${icon("cross", true)}</button>`))}</div>` : null}
      ${gaps.length ? html`<div class="stack tight"><p class="small soft">${t("whatif.gaps")}</p><div class="chips">${gaps.filter((it) => !names.includes(it.skill_name)).map((it) => chip(it.skill_name, "suggested", { title: said(it.reason), onclick: () => set({ skill: [...names, it.skill_name].slice(-5) }) }))}</div></div>` : null}</section>
    ${found ? html`<section class="stack" aria-live="polite"><p class="lead">${t("whatif.outcome", { n: found.now_above, then: found.then_above, threshold: found.threshold })}${found.unlocked_salary_median ? ` ${t("whatif.salary", { n: number(found.unlocked_salary_median) })}` : ""}</p>
      ${found.crossing.length ? html`<ul class="plainlist lines card flush joblist">${found.crossing.map((it) => keyed(it.job.id, html`<li>${ring(it.after)}<div class="stack tight"><h2 class="h3"><a class="quiet" href=${`/jobs/${it.job.id}`}>${it.job.title}</a></h2>${jobMeta(it.job)}</div><div class="aside strong">${it.before} → ${it.after}</div></li>`))}</ul>` : empty(t("whatif.none"))}</section>` : null}</div>`;
};
