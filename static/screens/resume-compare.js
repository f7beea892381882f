// Two résumés beside each other, term by term.

import { html } from "../core/view.js";
import { get } from "../core/api.js";
import { t } from "../core/texts.js";
import { chip, empty, head } from "../parts/pieces.js";

export default async (page) => {
  const list = (await get("/resumes/", { analysis_status: "completed", page_size: 100 })).results;
  const a = Number(page.query.get("a") || list[1]?.id);
  const b = Number(page.query.get("b") || list[0]?.id);
  const both = a && b && a !== b ? await get("/resumes/compare/", { resume1: a, resume2: b }) : null;
  const choice = (name, label, chosen) => html`<div class="field"><label for=${`compare-${name}`}>${label}</label><select id=${`compare-${name}`} @change=${(event) => page.ask({ a, b, [name]: event.target.value })}>
    ${list.map((it) => html`<option value=${it.id} ?selected=${it.id === chosen}>${it.label || it.original_filename} (${it.total_score})</option>`)}</select></div>`;
  const sign = (n) => n > 0 ? `+${n}` : String(n).replace("-", "−");
  return () => html`<div class="stack wide">${head(page, t("resume.compare"), { back: ["/resume", t("resume.mine")] })}
    ${list.length > 1 ? html`<div class="fields">${choice("a", t("compare.first"), a)}${choice("b", t("compare.second"), b)}</div>` : null}
    ${both ? html`<div class="card scroll"><table><caption class="hush">${t("compare.terms")}</caption><thead><tr><th scope="col">${t("compare.term")}</th><th scope="col">${t("compare.first")}</th><th scope="col">${t("compare.second")}</th><th scope="col">${t("compare.change")}</th></tr></thead>
      <tbody>${Object.entries(both.terms).map(([key, [one, two]]) => html`<tr><th scope="row">${t(`score.${key}`)}</th><td>${one}</td><td>${two}</td><td class=${two > one ? "good-ink" : two < one ? "gap-ink" : "soft"}>${sign(two - one)}</td></tr>`)}
      <tr><th scope="row">${t("resume.score")}</th><td><b>${both.resume1_score}</b></td><td><b>${both.resume2_score}</b></td><td><b>${sign(both.resume2_score - both.resume1_score)}</b></td></tr></tbody></table></div>
      <div class="grid"><section class="card stack tight"><h2>${t("compare.only-first")}</h2><div class="chips">${both.resume1_unique_skills.map((it) => chip(it))}</div></section>
      <section class="card stack tight"><h2>${t("compare.only-second")}</h2><div class="chips">${both.resume2_unique_skills.map((it) => chip(it))}</div></section>
      <section class="card stack tight"><h2>${t("compare.both")}</h2><div class="chips">${both.common_skills.map((it) => chip(it))}</div></section></div>`
      : empty(t("compare.none"), html`<a class="button" href="/resume">${t("resume.mine")}</a>`)}</div>`;
};
