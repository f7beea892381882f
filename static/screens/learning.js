// Courses that I am in.

import { html, keyed } from "../core/view.js";
import { get } from "../core/api.js";
import { when } from "../core/format.js";
import { t } from "../core/texts.js";
import { learnTabs } from "../parts/learn.js";
import { bar, empty, head, pager } from "../parts/pieces.js";

export default async (page) => {
  const list = await get("/course-progress/", { page: page.query.get("page"), page_size: 50 });
  const group = (status) => list.results.filter((it) => it.status === status);
  const go = (it) => it.status === "in_progress" ? t("next.do") : t("do.see");
  const rows = (items) => html`<ul class="plainlist lines card flush">${items.map((it) => keyed(it.id, html`<li class="row between"><div class="grow stack tight"><h3><a class="quiet" href=${`/courses/${it.course.id}`}>${it.course.title}</a></h3>
    ${bar(it.progress_percentage, 100, it.course.title)}<p class="small soft">${t("learn.done-part", { n: it.progress_percentage })} · ${it.completed_at ? html`${t("learn.completed")} ${when(it.completed_at)}` : html`${t("learn.started")} ${when(it.started_at)}`}</p></div>
    <a class="button little" href=${`/courses/${it.course.id}`} aria-label=${`${go(it)}: ${it.course.title}`}>${go(it)}</a></li>`))}</ul>`;
  return () => html`<div class="stack wide">${head(page, t("learn.mine"))}${learnTabs("/learn/mine")}
    ${list.count ? ["in_progress", "completed", "dropped"].map((status) => group(status).length ? html`<section class="stack"><h2>${t(`learn.${status}`)}</h2>${rows(group(status))}</section>` : null)
      : empty(t("learn.mine-none"), html`<a class="button main" href="/learn">${t("learn.look")}</a>`)}${pager(page, list)}</div>`;
};
