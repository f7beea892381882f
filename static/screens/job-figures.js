// How my postings do.

import { html } from "../core/view.js";
import { get } from "../core/api.js";
import { number } from "../core/format.js";
import { t, word } from "../core/texts.js";
import { bars, funnel } from "../parts/charts.js";
import { jobTabs } from "../parts/job-tabs.js";
import { head } from "../parts/pieces.js";

export default async (page) => {
  const it = await get("/analytics/jobs/");
  const steps = ["applied", "interview", "offered", "accepted"];
  const ended = ["rejected", "withdrawn"].filter((key) => it.funnel[key]);
  const days = [...steps.slice(1), "rejected"].map((key) => [t(`status.${key}`), it.median_days_per_step[key]]).filter(([, n]) => n !== null && n !== undefined);
  const kinds = Object.entries(it.by_job_type).map(([key, n]) => [word("job_type", key.replace("_", "-")), n]);
  return () => html`<div class="stack wide">${head(page, t("figures.jobs"))}${jobTabs("/jobs/figures")}
    <div class="grid wide"><section class="card stack"><h2>${t("figures.funnel")}</h2>${funnel(t("figures.funnel"), steps.map((key) => [t(`status.${key}`), it.funnel[key] ?? null]))}
        ${ended.length ? html`<p class="small soft">${ended.map((key) => `${t(`status.${key}`)}: ${number(it.funnel[key])}`).join(" · ")}</p>` : null}${it.funnel.withheld ? html`<p class="small soft">${t("figures.withheld")}</p>` : null}</section>
      <section class="card stack"><h2>${t("figures.days")}</h2>${days.length ? bars(t("figures.days"), days) : html`<p class="soft">${t("figures.withheld")}</p>`}</section>
      <section class="card stack"><h2>${t("job.type")}</h2>${bars(t("job.type"), kinds)}</section>
      <section class="card stack"><h2>${t("figures.places")}</h2>${bars(t("figures.places"), it.top_locations.map((row) => [row.location, row.jobs]))}</section></div></div>`;
};
