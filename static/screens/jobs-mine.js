// A recruiter's own postings.

import { html, keyed } from "../core/view.js";
import { get } from "../core/api.js";
import { day, when } from "../core/format.js";
import { t } from "../core/texts.js";
import { chip, empty, head, pager } from "../parts/pieces.js";
import { icon } from "../parts/icons.js";
import { jobTabs } from "../parts/job-tabs.js";

export default async (page) => {
  const list = await get("/jobs/", { mine: true, status: ["active", "closed"], page: page.query.get("page") });
  return () => html`<div class="stack wide">${head(page, t("job.mine"), { actions: html`<a class="button main" href="/jobs/new">${icon("plus", true)} ${t("job.post")}</a>` })}${jobTabs("/jobs/mine")}
    ${list.results.length ? html`<ul class="plainlist lines card flush">${list.results.map((job) => keyed(job.id, html`<li class="row between"><div class="grow stack tight"><h2 class="h3"><a class="quiet" href=${`/jobs/${job.id}`}>${job.title}</a></h2>
      <div class="meta"><span>${job.location}</span><span>${when(job.posted_at)}</span>${job.deadline ? html`<span>${t("job.until", { day: day(job.deadline) })}</span>` : null}</div></div>
      ${chip(job.is_open ? t("job.open") : t("job.closed"), job.is_open ? "good" : "")}<a class="button little" href=${`/jobs/${job.id}/applicants`}>${t("job.applicants", { n: job.total_applications })}</a></li>`))}</ul>${pager(page, list)}`
      : empty(t("job.mine-none"), html`<a class="button main" href="/jobs/new">${t("job.post")}</a>`)}</div>`;
};
