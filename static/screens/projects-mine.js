// Projects that I work on.

import { html, keyed } from "../core/view.js";
import { get } from "../core/api.js";
import { when } from "../core/format.js";
import { t } from "../core/texts.js";
import { chip, empty, head, pager } from "../parts/pieces.js";
import { projectTabs } from "../parts/project-tabs.js";

const LOOK = { in_progress: "", submitted: "gold", completed: "good" };

export default async (page) => {
  const list = await get("/project-progress/", { page: page.query.get("page") });
  return () => html`<div class="stack wide">${head(page, t("project.mine"))}${projectTabs("/projects/mine")}
    ${list.results.length ? html`<ul class="plainlist lines card flush">${list.results.map((it) => keyed(it.id, html`<li class="row between"><div class="grow stack tight"><h2 class="h3"><a class="quiet" href=${`/projects/${it.project.id}`}>${it.project.title}</a></h2><p class="small soft">${when(it.updated_at)}</p>${it.feedback ? html`<p class="small">“${it.feedback}”</p>` : null}</div>${chip(t(`work.${it.status}`), LOOK[it.status])}</li>`))}</ul>${pager(page, list)}`
      : empty(t("project.mine-none"), html`<a class="button main" href="/projects">${t("project.look")}</a>`)}</div>`;
};
