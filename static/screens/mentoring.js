// Sessions asked of me or by me.

import { html, keyed } from "../core/view.js";
import { get } from "../core/api.js";
import { session } from "../core/session.js";
import { appointment, nameOf, when } from "../core/format.js";
import { t } from "../core/texts.js";
import { mentorTabs } from "../parts/mentor-tabs.js";
import { chip, empty, head, pager, tabs } from "../parts/pieces.js";

export const LOOKS = { pending: "gold", scheduled: "accent", completed: "good", declined: "", cancelled: "", no_show: "bad" };
export const otherSide = (it) => it.mentee.id === session.user.id ? it.mentor.user : it.mentee;

export default async (page) => {
  const role = page.query.get("role") ?? "";
  const list = await get("/mentor-sessions/", { role, page: page.query.get("page") });
  return () => html`<div class="stack wide">${head(page, t("session.mine"))}${mentorTabs("/mentoring")}
    ${session.user.is_mentor ? tabs(t("session.mine"), [["/mentoring", t("list.all"), !role], ["/mentoring?role=mentee", t("session.as-mentee"), role === "mentee"], ["/mentoring?role=mentor", t("session.as-mentor"), role === "mentor"]]) : null}
    ${list.results.length ? html`<ul class="plainlist lines card flush">${list.results.map((it) => keyed(it.id, html`<li class="row between"><div class="grow stack none"><h2 class="h3"><a class="quiet" href=${`/mentoring/${it.id}`}>${it.title}</a></h2><span class="small soft">${nameOf(otherSide(it))} · ${it.scheduled_date ? appointment(it.scheduled_date) : html`${t("session.requested")} ${when(it.requested_at)}`}</span></div>${chip(t(`session.${it.status}`), LOOKS[it.status])}</li>`))}</ul>${pager(page, list)}`
      : empty(t("session.none"), html`<a class="button main" href="/mentors">${t("mentor.find")}</a>`)}</div>`;
};
