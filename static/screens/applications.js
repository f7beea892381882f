// My applications as a board.

import { html, keyed } from "../core/view.js";
import { get } from "../core/api.js";
import { when } from "../core/format.js";
import { t } from "../core/texts.js";
import { empty, head } from "../parts/pieces.js";
import { jobTabs } from "../parts/job-tabs.js";

const LANES = ["applied", "interview", "offered", "accepted", "rejected", "withdrawn"];

export default async (page) => {
  const list = await get("/job-applications/", { page_size: 100 });
  const lanes = LANES.filter((lane) => !["rejected", "withdrawn"].includes(lane) || list.results.some((it) => it.status === lane));
  return () => html`<div class="stack wide">${head(page, t("applications.title"))}${jobTabs("/applications")}
    ${list.results.length ? html`<div class="board" tabindex="0" role="region" aria-label=${t("applications.title")}>${lanes.map((lane) => {
      const rows = list.results.filter((it) => it.status === lane);
      return html`<section class="lane"><h2>${t(`status.${lane}`)} <span>${rows.length}</span></h2>${rows.map((it) => keyed(it.id, html`<div class="card"><h3 class="h4"><a class="quiet" href=${`/applications/${it.id}`}>${it.job_title}</a></h3>
        <p class="small soft">${it.company_name}</p><p class="small soft">${t("applications.match", { n: it.match_percentage })} · ${when(it.updated_at)}</p></div>`))}</section>`;
    })}</div>` : empty(t("applications.none"), html`<a class="button main" href="/jobs">${t("start.jobs")}</a>`)}</div>`;
};
