// One session: when, with whom, the steps that are open to me.

import { html } from "../core/view.js";
import { download, get, post } from "../core/api.js";
import { form } from "../core/form.js";
import { reload } from "../core/router.js";
import { session } from "../core/session.js";
import { appointment } from "../core/format.js";
import { t } from "../core/texts.js";
import { icon } from "../parts/icons.js";
import { stars } from "../parts/stars.js";
import { chip, head, person, toast, trying } from "../parts/pieces.js";
import { area, faults, field, select, sender } from "../parts/fields.js";
import { LOOKS, otherSide } from "./mentoring.js";

const local = (moment) => {
  if (!moment) return "";
  const at = new Date(moment);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
};

export default async (page) => {
  const it = await get(`/mentor-sessions/${page.params.id}/`);
  const mentor = it.mentor.user.id === session.user.id;
  const step = (name, body = {}) => async (values, key) => { await post(`/mentor-sessions/${it.id}/${name}/`, { ...body, ...values }, key); toast(t("do.saved")); await reload(); };
  const schedule = form(page, `schedule-${it.id}`, step("schedule"));
  const end = form(page, `end-${it.id}`, (values, key) => step(mentor && it.status === "pending" ? "decline" : "cancel")(values, key));
  const review = form(page, `session-review-${it.id}`, (values, key) => step("review")({ ...values, rating: Number(values.rating) }, key));
  const complete = () => trying(() => post(`/mentor-sessions/${it.id}/complete/`), { done: t("session.is-complete") });
  const missed = () => trying(() => post(`/mentor-sessions/${it.id}/no_show/`, { who: mentor ? "mentee" : "mentor" }), { done: t("do.saved") });
  const begun = it.scheduled_date && new Date(it.scheduled_date) < new Date();
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const open = ["pending", "scheduled"].includes(it.status);
  return () => html`<div class="stack wide">${head(page, it.title, { back: ["/mentoring", t("session.mine")], actions: html`${it.status === "scheduled" ? html`<button class="button" @click=${() => trying(() => download(`/mentor-sessions/${it.id}/calendar.ics`, `${it.title}.ics`), { again: false })}>${icon("download", true)} ${t("session.calendar")}</button>` : null}
      ${it.status === "scheduled" ? html`<button class="button main" @click=${complete}>${t("session.complete")}</button>` : null}` })}
    <div class="split"><div class="stack wide"><section class="card stack"><div class="row between">${person(otherSide(it), t(mentor ? "session.mentee" : "people.mentor"))}${chip(t(`session.${it.status}`), LOOKS[it.status])}</div>
        <p>${it.scheduled_date ? html`<b>${appointment(it.scheduled_date)}</b>` : it.preferred_date ? t("session.wished", { when: appointment(it.preferred_date) }) : t("session.no-date")} · ${t("time.minutes", { n: it.duration_minutes })}</p>
        <p class="small soft">${t("session.zone", { zone })}</p>${it.description ? html`<p class="prose">${it.description}</p>` : null}${it.reason ? html`<p class="well">${it.reason}</p>` : null}</section>
      ${it.rating ? html`<section class="card stack tight"><h2>${t("session.review")}</h2>${stars(it.rating)}<p class="prose">${it.feedback ?? ""}</p></section>` : null}
      ${it.status === "completed" && !mentor ? html`<form class="card stack" novalidate @submit=${review.submit}><h2>${it.rating ? t("session.review-change") : t("session.review-do")}</h2>${faults(review)}${select(review, { name: "rating", label: t("review.rating"), value: it.rating ?? "", rows: [["", t("rating.choose")], ...[5, 4, 3, 2, 1].map((n) => [n, t("rating.of", { n })])] })}${area(review, { name: "feedback", label: t("review.feedback"), value: it.feedback, rows: 4, max: 5000, optional: true })}${sender(review, t("session.review-send"))}</form>` : null}</div>
      <aside class="stack" aria-label=${t("session.steps")}>${mentor && open ? html`<form class="card stack" novalidate @submit=${schedule.submit}><h2>${it.status === "pending" ? t("session.schedule") : t("session.move")}</h2>${faults(schedule)}${field(schedule, { name: "scheduled_date", label: t("session.when"), type: "datetime-local", kind: "date", value: local(it.scheduled_date ?? it.preferred_date), help: t("session.zone", { zone }), required: true })}${sender(schedule, it.status === "pending" ? t("session.schedule") : t("session.move"))}</form>` : null}
        ${open ? html`<form class="card stack" novalidate @submit=${end.submit}>${faults(end)}${field(end, { name: "reason", label: t("session.reason"), max: 500, optional: true })}${sender(end, mentor && it.status === "pending" ? t("session.decline") : t("session.cancel"), "danger")}</form>` : null}
        ${it.status === "scheduled" && begun ? html`<button class="button" @click=${missed}>${t(mentor ? "session.mentee-missed" : "session.mentor-missed")}</button>` : null}</aside></div></div>`;
};
