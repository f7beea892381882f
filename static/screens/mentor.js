// One mentor: what they know, what others say, when they are busy, asking for a session.

import { html } from "../core/view.js";
import { get, post } from "../core/api.js";
import { form } from "../core/form.js";
import { go } from "../core/router.js";
import { session } from "../core/session.js";
import { appointment, nameOf, when } from "../core/format.js";
import { t } from "../core/texts.js";
import { stars } from "../parts/stars.js";
import { avatar, chip, head, note, person, toast } from "../parts/pieces.js";
import { area, faults, field, select, sender } from "../parts/fields.js";
import { rate } from "./mentors.js";

const DAY = 86_400_000;

export default async (page) => {
  const { id } = page.params;
  const [mentor, reviews] = await Promise.all([get(`/mentors/${id}/`), get(`/mentors/${id}/reviews/`, { page_size: 10 })]);
  const own = session.user?.id === mentor.user.id;
  const from = new Date(Date.now());
  const busy = session.user && !own ? await get(`/mentors/${id}/busy/`, { from: from.toISOString(), to: new Date(from.getTime() + 14 * DAY).toISOString() }) : [];
  const it = form(page, `ask-${id}`, async (values, key) => {
    const made = await post("/mentor-sessions/", { ...values, mentor_id: Number(id), duration_minutes: Number(values.duration_minutes) }, key);
    toast(t("session.asked"));
    await go(`/mentoring/${made.id}`);
  });
  return () => html`<div class="stack wide"><div class="row top profile">${avatar(mentor.user, "big")}<div class="grow">${head(page, nameOf(mentor.user), { back: ["/mentors", t("place.mentors")], lead: mentor.user.title, actions: own ? html`<a class="button" href="/mentors/edit">${t("do.edit")}</a>` : html`<a class="button" href=${`/people/${mentor.user.id}`}>${t("mentor.profile")}</a>` })}
      <div class="meta">${stars(mentor.rating, mentor.reviews_count)}<span>${rate(mentor)}</span><span>${t("mentor.years", { n: mentor.years_of_experience })}</span><span>${t("mentor.sessions", { n: mentor.sessions })}</span>${mentor.verified ? chip(t("mentor.verified"), "good") : null}</div></div></div>
    ${mentor.status !== "approved" ? note("warn", t(`mentor.${mentor.status}`)) : null}
    <div class="split"><div class="stack wide"><p class="prose">${mentor.bio}</p><section class="stack tight"><h2>${t("mentor.knows")}</h2><div class="chips">${mentor.specializations.map((skill) => chip(skill.name))}</div></section>
      <section class="stack"><h2>${t("mentor.reviews")}</h2>${reviews.results.length ? html`<ul class="plainlist lines card flush">${reviews.results.map((row) => html`<li class="stack tight"><div class="row between">${person(row.user, when(row.created_at))}${stars(row.rating)}</div>${row.feedback ? html`<p>${row.feedback}</p>` : null}</li>`)}</ul>` : html`<p class="soft">${t("mentor.no-reviews")}</p>`}</section></div>
      <aside class="stack" aria-label=${t("session.ask")}>${own ? null : session.user ? html`<form class="card stack" novalidate @submit=${it.submit}><h2>${t("session.ask")}</h2>${faults(it)}${field(it, { name: "title", label: t("session.about"), max: 200, required: true })}${area(it, { name: "description", label: t("session.details"), rows: 4, max: 5000, optional: true })}
          ${select(it, { name: "duration_minutes", label: t("session.length"), value: "60", rows: [30, 45, 60, 90, 120].map((n) => [n, t("time.minutes", { n })]) })}
          ${field(it, { name: "preferred_date", label: t("session.preferred"), type: "datetime-local", kind: "date", help: t("session.zone", { zone: Intl.DateTimeFormat().resolvedOptions().timeZone }), optional: true })}${sender(it, t("session.send"))}</form>
          ${busy.length ? html`<section class="card stack tight"><h2>${t("mentor.busy")}</h2><ul class="plainlist small">${busy.map((row) => html`<li>${appointment(row.start)}</li>`)}</ul></section>` : null}` : html`<a class="button main" href=${`/sign-in?next=/mentors/${id}`}>${t("mentor.sign-in")}</a>`}</aside></div></div>`;
};
