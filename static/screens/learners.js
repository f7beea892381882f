// Who learns in one course, and how far they are.

import { html, keyed } from "../core/view.js";
import { get } from "../core/api.js";
import { when } from "../core/format.js";
import { t } from "../core/texts.js";
import { bar, chip, empty, head, pager, person } from "../parts/pieces.js";

export default async (page) => {
  const { id } = page.params;
  const [course, list] = await Promise.all([get(`/courses/${id}/`), get(`/courses/${id}/learners/`, { page: page.query.get("page") })]);
  return () => html`<div class="stack wide">${head(page, t("course.learners"), { back: [`/courses/${id}`, course.title], lead: t("course.students", { n: list.count }) })}
    ${list.results.length ? html`<ul class="plainlist lines card flush learners">${list.results.map((it) => keyed(it.id, html`<li><div>${person(it.user, html`${t("learn.started")} ${when(it.started_at)}`)}</div><div class="stack tight">${bar(it.progress_percentage, 100, t("course.progress"))}<p class="small soft">${t("learn.done-part", { n: it.progress_percentage })}</p></div><div>${chip(t(`learn.${it.status}`), it.status === "completed" ? "good" : "")}</div></li>`))}</ul>${pager(page, list)}` : empty(t("course.no-learners"))}</div>`;
};
