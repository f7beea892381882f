// Achievements with one's progress.

import { html, keyed } from "../core/view.js";
import { get } from "../core/api.js";
import { session } from "../core/session.js";
import { said, t } from "../core/texts.js";
import { icon } from "../parts/icons.js";
import { bar, chip, head } from "../parts/pieces.js";
import { peopleTabs } from "../parts/people-tabs.js";

export default async (page) => {
  const [list, near] = await Promise.all([get("/achievements/", { page_size: 100 }), session.user ? get("/achievements/progress/") : []]);
  const steps = new Map(near.map((it) => [it.key, it]));
  return () => html`<div class="stack wide">${head(page, t("achievements.title"), { lead: t("achievements.lead"), actions: session.user ? html`<a class="button" href="/points">${t("points.title")}</a>` : null })}${peopleTabs("/achievements")}
    <ul class="plainlist grid">${list.results.map((it) => keyed(it.id, html`<li class="card stack"><div class="row between nowrap"><span class=${`tier-${it.rarity}`}>${icon("trophy")}</span>${it.earned ? chip(t("achievements.earned"), "gold") : html`<span class="small soft">${t(`rarity.${it.rarity}`)}</span>`}</div>
      <div class="stack tight"><h2 class="h3">${said(it.name)}</h2><p class="small soft">${said(it.description)}</p></div><p class="small gold-ink">${t("points", { n: it.points_awarded })}</p>
      ${!it.earned && session.user ? html`<div class="stack tight">${bar(it.progress_percentage ?? 0, 100, said(it.name))}<p class="small soft">${steps.has(it.key) ? `${steps.get(it.key).current} / ${steps.get(it.key).target}` : ""}</p></div>` : null}</li>`))}</ul></div>`;
};
