// Courses of an instructor.

import { html, keyed } from "../core/view.js";
import { get } from "../core/api.js";
import { session } from "../core/session.js";
import { t } from "../core/texts.js";
import { icon } from "../parts/icons.js";
import { learnTabs } from "../parts/learn.js";
import { stars } from "../parts/stars.js";
import { chip, empty, head, pager } from "../parts/pieces.js";

export default async (page) => {
  const list = await get("/courses/", { instructor: session.user.id, status: ["active", "inactive", "archived"], page: page.query.get("page") });
  return () => html`<div class="stack wide">${head(page, t("teach.title"), { actions: html`<a class="button main" href="/teach/new">${icon("plus", true)} ${t("teach.new")}</a>` })}${learnTabs("/teach")}
    ${list.results.length ? html`<ul class="plainlist lines card flush">${list.results.map((it) => keyed(it.id, html`<li class="row between"><div class="grow stack tight"><h2 class="h3"><a class="quiet" href=${`/courses/${it.id}`}>${it.title}</a></h2><div class="meta"><span>${t("course.students", { n: it.total_students })}</span>${stars(it.rating, it.total_ratings)}</div></div>
      ${chip(t(`offer.${it.status}`), it.status === "active" ? "good" : "")}<a class="button little" href=${`/courses/${it.id}/edit`}>${t("do.edit")}</a></li>`))}</ul>${pager(page, list)}` : empty(t("teach.none"), html`<a class="button main" href="/teach/new">${t("teach.new")}</a>`)}</div>`;
};
