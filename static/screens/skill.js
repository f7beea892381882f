// One skill of the catalogue: what it is, who holds it, who asks for it.

import { html } from "../core/view.js";
import { get } from "../core/api.js";
import { number } from "../core/format.js";
import { t, word } from "../core/texts.js";
import { bars } from "../parts/charts.js";
import { chip, head, LEVELS } from "../parts/pieces.js";

export default async (page) => {
  const { id } = page.params;
  const [skill, figures] = await Promise.all([get(`/skills/${id}/`), get(`/skills/${id}/statistics/`)]);
  const name = encodeURIComponent(skill.name);
  return () => html`<div class="stack wide">${head(page, skill.name, { back: ["/jobs/market", t("market.title")], lead: word("category", skill.category),
      actions: html`<a class="button main" href=${`/learn?skill=${name}`}>${t("skill.learn")}</a><a class="button" href=${`/jobs?skill=${name}`}>${t("skill.jobs")}</a>` })}
    ${skill.description ? html`<p>${skill.description}</p>` : null}
    ${skill.synonyms.length ? html`<div class="stack tight"><h2 class="h4">${t("skill.also")}</h2><div class="chips">${skill.synonyms.map((it) => chip(it))}</div></div>` : null}
    <div class="grid wide"><section class="card figures">${[["asked", figures.job_demand], ["holders", figures.total_users], ["endorsements", figures.avg_endorsements === null ? "–" : number(figures.avg_endorsements)]].map(([key, n]) => html`<div><p class="figure">${n}</p><p class="small soft">${t(`skill.${key}`)}</p></div>`)}</section>
      <section class="card stack"><h2>${t("skill.levels")}</h2>${bars(t("skill.levels"), LEVELS.map((level) => [word("level", level), figures.proficiency_distribution[level] ?? 0]))}</section></div></div>`;
};
