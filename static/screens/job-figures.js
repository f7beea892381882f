// How my postings do.

import { html } from "../core/view.js";
import { get } from "../core/api.js";
import { t, word } from "../core/texts.js";
import { bars } from "../parts/charts.js";
import { jobTabs } from "../parts/job-tabs.js";
import { head } from "../parts/pieces.js";

export default async (page) => {
  const it = await get("/analytics/jobs/");
  const steps = ["applied", "interview", "offered", "accepted", "rejected", "withdrawn"];
  const kinds = Object.entries(it.by_job_type).map(([key, n]) => [word("job_type", key.replace("_", "-")), n]);
  return () => html`<div class="stack wide">${head(page, t("figures.jobs"))}${jobTabs("/jobs/figures")}
    <div class="grid wide"><section class="card stack"><h2>${t("figures.funnel")}</h2>${bars(t("figures.funnel"), steps.map((key) => [t(`status.${key}`), it.funnel[key] ?? null]))}${it.funnel.withheld ? html`<p class="small soft">${t("figures.withheld")}</p>` : null}</section>
      <section class="card stack"><h2>${t("figures.days")}</h2>${bars(t("figures.days"), steps.slice(1, 5).map((key) => [t(`status.${key}`), it.median_days_per_step[key] ?? null]))}</section>
      <section class="card stack"><h2>${t("job.type")}</h2>${bars(t("job.type"), kinds)}</section>
      <section class="card stack"><h2>${t("figures.places")}</h2>${bars(t("figures.places"), it.top_locations.map((row) => [row.location, row.jobs]))}</section></div></div>`;
};
