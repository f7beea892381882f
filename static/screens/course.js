// One course: what it teaches, its modules, how far one is, what others say.

import { html, keyed } from "../core/view.js";
import { get, maybe, patch, post } from "../core/api.js";
import { form } from "../core/form.js";
import { reload } from "../core/router.js";
import { isAdmin, session } from "../core/session.js";
import { hours, when } from "../core/format.js";
import { t, word } from "../core/texts.js";
import { KINDS } from "../parts/learn.js";
import { stars } from "../parts/stars.js";
import { icon } from "../parts/icons.js";
import { bar, chip, head, note, person, toast, trying } from "../parts/pieces.js";
import { area, faults, select, sender } from "../parts/fields.js";

export default async (page) => {
  const { id } = page.params;
  const [course, ratings] = await Promise.all([get(`/courses/${id}/`), get(`/courses/${id}/ratings/`, { page_size: 5 })]);
  const mine = course.my_progress;
  const progress = mine ? await maybe(`/course-progress/${mine.id}/`) : null;
  const own = session.user && (course.instructor?.id === session.user.id || isAdmin());
  const done = new Set(progress?.completed_module_ids ?? []);
  const next = progress?.next_module;
  const enrol = () => trying(() => post(`/courses/${id}/enroll/`), { done: t("course.enrolled") });
  const set = (status) => () => trying(() => patch(`/course-progress/${mine.id}/`, { status }), { done: t("do.saved") });
  const rate = form(page, `rate-${id}`, async (values) => { await post(`/courses/${id}/ratings/`, { ...values, rating: Number(values.rating) }); toast(t("rating.thanks")); await reload(); });
  const enrolled = mine && mine.status !== "dropped";
  const module = (it) => html`${done.has(it.id) ? html`<span class="good-ink">${icon("check")}<span class="hush">${t("course.is-done")}</span></span>` : icon(KINDS[it.content_type])}
    <span class="stack none"><span class="strong">${it.title}</span><span class="small soft">${word("content", it.content_type)}</span></span><span class="small soft">${it.duration_minutes ? t("time.minutes", { n: it.duration_minutes }) : ""}</span>`;
  return () => html`<div class="stack wide">${head(page, course.title, { back: ["/learn", t("place.learn")], lead: course.category,
      actions: html`${own ? html`<a class="button" href=${`/courses/${id}/learners`}>${t("course.learners")}</a><a class="button" href=${`/courses/${id}/edit`}>${t("do.edit")}</a>` : null}
        ${!session.user ? html`<a class="button main" href=${`/sign-in?next=/courses/${id}`}>${t("course.sign-in")}</a>`
          : !enrolled ? (course.status === "active" ? html`<button class="button main" @click=${enrol}>${mine ? t("course.again") : t("course.enrol")}</button>` : null)
          : next ? html`<a class="button main" href=${`/courses/${id}/modules/${next.id}`}>${t("course.continue")}</a>` : null}` })}
    ${course.status !== "active" ? note("warn", t(`course.${course.status}`)) : null}
    <div class="split"><div class="stack wide">
      <div class="meta"><span>${word("difficulty", course.difficulty)}</span><span>${icon("clock", true)} ${hours(course.duration_hours)}</span>${stars(course.rating, course.total_ratings)}<span>${t("course.students", { n: course.total_students })}</span></div>
      <p class="prose">${course.description}</p>
      <section class="stack"><h2>${t("course.modules")}</h2>${course.modules.length ? html`<ol class="plainlist lines card flush modules">${course.modules.map((it) => keyed(it.id, html`<li class=${next?.id === it.id ? "current" : ""}>
        ${enrolled || own ? html`<a href=${`/courses/${id}/modules/${it.id}`} aria-current=${next?.id === it.id ? "step" : null}>${module(it)}</a>` : html`<div class="module">${module(it)}</div>`}</li>`))}</ol>` : html`<p class="soft">${t("course.no-modules")}</p>`}</section>
      <section class="stack"><h2>${t("rating.title")}</h2>
        ${enrolled ? html`<form class="card stack" novalidate @submit=${rate.submit}>${faults(rate)}${select(rate, { name: "rating", label: t("rating.yours"), value: "", rows: [["", t("rating.choose")], ...[5, 4, 3, 2, 1].map((n) => [n, t("rating.of", { n })])] })}
          ${area(rate, { name: "review", label: t("rating.review"), rows: 3, max: 2000, optional: true })}${sender(rate, t("rating.send"), "")}</form>` : null}
        ${ratings.results.length ? html`<ul class="plainlist lines card flush">${ratings.results.map((it) => html`<li class="stack tight"><div class="row between">${person(it.user)}${stars(it.rating)}</div>${it.review ? html`<p>${it.review}</p>` : null}<p class="small soft">${when(it.created_at)}</p></li>`)}</ul>` : html`<p class="soft">${t("rating.nobody")}</p>`}</section></div>
      <aside class="stack" aria-label=${t("course.facts")}>
        ${mine ? html`<section class="card stack"><h2>${t("course.progress")}</h2>${bar(mine.progress_percentage, 100, t("course.progress"))}<p class="small soft">${t("course.modules-done", { done: mine.modules_completed, all: course.modules.length })}</p>
          ${mine.status === "in_progress" ? html`<button class="button little" @click=${set("dropped")}>${t("course.drop")}</button>` : mine.status === "completed" ? note("good", t("course.complete")) : null}</section>` : null}
        <section class="card stack"><h2>${t("course.teaches")}</h2><div class="chips">${(course.taught_skills.length ? course.taught_skills : course.required_skills).map((it) => chip(it.name, "suggested"))}</div>
          ${course.required_skills.length ? html`<h3>${t("course.before")}</h3><div class="chips">${course.required_skills.map((it) => chip(it.name))}</div>` : null}
          ${course.prerequisites.length ? html`<h3>${t("course.prerequisites")}</h3><ul>${course.prerequisites.map((it) => html`<li><a href=${`/courses/${it.id}`}>${it.title}</a></li>`)}</ul>` : null}</section>
        <section class="card stack"><h2>${t("course.instructor")}</h2>${course.instructor ? person(course.instructor) : html`<p>${course.instructor_name}</p>`}</section></aside></div></div>`;
};
