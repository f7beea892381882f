// The dashboard: one next step, what fits, what is going on.

import { html } from "../core/view.js";
import { get, post } from "../core/api.js";
import { session } from "../core/session.js";
import { appointment, nameOf } from "../core/format.js";
import { said, t } from "../core/texts.js";
import { bar, chip, empty, head } from "../parts/pieces.js";
import { icon } from "../parts/icons.js";
import { matchRows } from "../parts/jobs.js";
import { setUnread } from "../parts/bell.js";

const greeting = () => {
  const hour = new Date().getHours();
  return t(hour < 5 || hour >= 22 ? "hello.night" : hour < 12 ? "hello.morning" : hour < 18 ? "hello.day" : "hello.evening", { name: session.user.first_name || nameOf(session.user) });
};

export async function screen(page) {
  const [home, found, stats] = await Promise.all([get("/users/me/home/"), get("/users/me/recommendations/"), get("/users/me/stats/")]);
  setUnread(home.unread);
  const step = home.next_step;
  const jobs = found.recommended_jobs;
  const near = home.nearest_achievement;
  // A step taken from here tells later advice what was useful; it never holds the person up.
  const followed = (kind) => (id, position) => { post("/users/me/recommendations/click/", { kind, target_id: id, position }).catch(() => null); };
  return () => html`<div class="stack wide">${head(page, greeting())}
    <div class="split">
      <div class="stack wide">
        <section class="card nextstep" aria-labelledby="next-title"><div class="stack tight"><p class="small soft">${t("next.label")}</p><h2 id="next-title">${said(step.title)}</h2>${step.message ? html`<p>${said(step.message)}</p>` : null}</div>
          <div><a class="button main" href=${step.link}>${t("next.do")} ${icon("next", true)}</a></div></section>
        <section class="stack"><div class="row between"><h2>${t("home.jobs")}</h2><a href="/jobs?ordering=match">${t("do.all")}</a></div>
          ${jobs.length ? html`<ul class="plainlist lines card flush joblist">${matchRows(jobs, followed("job"))}</ul>` : empty(t("home.no-jobs"), html`<a class="button" href="/jobs">${t("start.jobs")}</a>`)}</section>
        ${found.recommended_courses.length ? html`<section class="stack"><div class="row between"><h2>${t("home.courses")}</h2><a href="/learn">${t("do.all")}</a></div>
          <ul class="plainlist lines card flush">${found.recommended_courses.map((it, at) => html`<li class="stack tight"><h3><a class="quiet" href=${`/courses/${it.course.id}`} @click=${() => followed("course")(it.course.id, at + 1)}>${it.course.title}</a></h3>
            <p class="small">${said(it.reason)}</p><div class="chips">${it.covers_skills.slice(0, 5).map((name) => chip(name.name ?? name, "suggested"))}</div></li>`)}</ul></section>` : null}
      </div>
      <aside class="stack" aria-label=${t("home.side")}>
        <section class="card stack"><h2>${t("home.week")}</h2>
          <div class="figures"><div><p class="figure accent-ink">${home.streak_days}</p><p class="small soft">${t("home.streak", { n: home.streak_days })}</p></div>
            <div><p class="figure gold-ink">${home.points}</p><p class="small soft">${t("home.points")}</p></div></div>
          ${near ? html`<div class="stack tight"><p class="small"><a class="quiet" href="/achievements">${said(near.name)}</a> <span class="soft">· ${near.current}/${near.target}</span></p>${bar(near.progress_percentage, 100, said(near.name))}<p class="small soft">${said(near.description)}</p></div>` : null}
          <p class="small"><a href="/figures">${t("home.figures", { rank: stats.rank, skills: stats.total_skills })}</a></p></section>
        ${home.sessions.length ? html`<section class="card stack"><h2>${t("home.sessions")}</h2><ul class="plainlist stack">${home.sessions.map((it) => html`<li><a class="quiet" href=${`/mentoring/${it.id}`}>${it.title}</a><p class="small soft">${it.scheduled_date ? appointment(it.scheduled_date) : t("session.pending")}</p></li>`)}</ul></section>` : null}
        <section class="card stack"><h2>${t("home.skills")}</h2>
          ${found.recommended_skills.length ? html`<ul class="plainlist stack">${found.recommended_skills.map((it) => html`<li class="stack tight"><div class="row">${chip(it.skill.name, "suggested", { href: `/jobs/what-if?skill=${it.skill.id}` })}</div><p class="small soft">${said(it.reason)}</p></li>`)}</ul>` : html`<p class="soft">${t("home.no-skills")}</p>`}</section>
        ${found.recommended_mentors.length ? html`<section class="card stack"><h2>${t("home.mentors")}</h2><ul class="plainlist stack">${found.recommended_mentors.map((it) => html`<li><a class="quiet" href=${`/mentors/${it.mentor.id}`}>${nameOf(it.mentor.user)}</a><p class="small soft">${said(it.reason)}</p></li>`)}</ul></section>` : null}
        ${found.recommended_connections.length ? html`<section class="card stack"><h2>${t("home.people")}</h2><ul class="plainlist stack">${found.recommended_connections.map((it) => html`<li><a class="quiet" href=${`/people/${it.user.id}`}>${nameOf(it.user)}</a><p class="small soft">${said(it.reason)}</p></li>`)}</ul></section>` : null}
      </aside>
    </div></div>`;
}
