// One project: what to build, my work on it, who did it well.

import { html } from "../core/view.js";
import { get, post } from "../core/api.js";
import { form } from "../core/form.js";
import { reload } from "../core/router.js";
import { isAdmin, session } from "../core/session.js";
import { hours, when } from "../core/format.js";
import { t, word } from "../core/texts.js";
import { icon } from "../parts/icons.js";
import { stars } from "../parts/stars.js";
import { chip, head, note, person, toast, trying } from "../parts/pieces.js";
import { area, faults, field, sender } from "../parts/fields.js";

export default async (page) => {
  const { id } = page.params;
  const [project, best] = await Promise.all([get(`/projects/${id}/`), get(`/projects/${id}/leaderboard/`, { limit: 10 })]);
  const mine = project.my_progress;
  const own = session.user && (project.created_by?.id === session.user.id || isAdmin());
  const reviews = own || session.user?.is_mentor;
  const it = form(page, `work-${id}`, async (values, key) => {
    await post(`/project-progress/${mine.id}/submit/`, values, key);
    toast(t("work.sent"));
    await reload();
  });
  const start = () => trying(() => post(`/projects/${id}/start/`), { done: t("work.begun") });
  return () => html`<div class="stack wide">${head(page, `${project.icon_emoji ? `${project.icon_emoji} ` : ""}${project.title}`, { back: ["/projects", t("place.projects")], lead: project.category,
      actions: html`${reviews ? html`<a class="button" href=${`/projects/${id}/review`}>${t("review.queue")}</a>` : null}${own ? html`<a class="button" href=${`/projects/${id}/edit`}>${t("do.edit")}</a>` : null}
        ${!session.user ? html`<a class="button main" href=${`/sign-in?next=/projects/${id}`}>${t("course.sign-in")}</a>` : !mine && !project.is_locked ? html`<button class="button main" @click=${start}>${t("work.start")}</button>` : null}` })}
    ${project.is_locked ? note("warn", html`${t("project.locked-what")} ${project.prerequisites.map((it) => html`<a href=${`/projects/${it.id}`}>${it.title}</a> `)}`) : null}
    <div class="split"><div class="stack wide">
      <div class="meta"><span>${word("difficulty", project.difficulty)}</span>${project.estimated_hours ? html`<span>${icon("clock", true)} ${hours(project.estimated_hours)}</span>` : null}<span>${t("project.submissions", { n: project.total_submissions })}</span>${project.average_rating ? stars(project.average_rating) : null}</div>
      <p class="prose">${project.description}</p>
      ${project.requirements ? html`<section class="stack tight"><h2>${t("project.requirements")}</h2><p class="prose">${project.requirements}</p></section>` : null}
      ${mine ? html`<section class="card stack"><div class="row between"><h2>${t("work.mine")}</h2>${chip(t(`work.${mine.status}`), mine.status === "completed" ? "good" : "")}</div>
        ${mine.feedback ? html`<div class="well stack tight">${stars(mine.rating)}<p class="prose">${mine.feedback}</p></div>` : null}
        ${mine.status === "completed" ? html`<p><a href=${mine.submission_url} target="_blank" rel="noopener noreferrer">${mine.submission_url}</a></p>` : html`<form class="stack" novalidate @submit=${it.submit}>${faults(it)}
          ${field(it, { name: "submission_url", label: t("work.url"), help: t("work.url-help"), type: "url", value: mine.submission_url, required: true })}
          ${area(it, { name: "submission_notes", label: t("work.notes"), value: mine.submission_notes, rows: 4, max: 5000, optional: true })}
          ${sender(it, mine.status === "submitted" ? t("work.again") : t("work.send"))}</form>`}</section>` : null}</div>
      <aside class="stack" aria-label=${t("project.facts")}>
        ${project.required_skills.length ? html`<section class="card stack tight"><h2>${t("project.skills")}</h2><div class="chips">${project.required_skills.map((it) => chip(it.name))}</div></section>` : null}
        ${project.created_by ? html`<section class="card stack tight"><h2>${t("project.by")}</h2>${person(project.created_by)}</section>` : null}
        <section class="card stack tight"><h2>${t("leaderboard.title")}</h2>${best.length ? html`<ol class="plainlist stack tight">${best.map((row) => html`<li class="row between nowrap">${person(row.user, when(row.submitted_at))}${stars(row.rating)}</li>`)}</ol>` : html`<p class="small soft">${t("project.nobody")}</p>`}</section></aside></div></div>`;
};
