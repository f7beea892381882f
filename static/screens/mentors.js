// Finding a mentor.

import { html, keyed } from "../core/view.js";
import { get } from "../core/api.js";
import { nameOf, number } from "../core/format.js";
import { t } from "../core/texts.js";
import { filterBar } from "../parts/filter-bar.js";
import { stars } from "../parts/stars.js";
import { mentorTabs } from "../parts/mentor-tabs.js";
import { avatar, chip, empty, head, pager } from "../parts/pieces.js";

export const rate = (mentor) => mentor.hourly_rate === null ? t("mentor.free-ask") : Number(mentor.hourly_rate) === 0 ? t("mentor.free") : t("mentor.rate", { rate: number(Number(mentor.hourly_rate)) });

export default async (page) => {
  const q = page.query;
  const list = await get("/mentors/", { search: q.get("search"), skill: q.get("skill"), rating_min: q.get("rating_min"), verified: q.get("verified"), ordering: q.get("ordering"), page: q.get("page") });
  return () => html`<div class="stack wide">${head(page, t("place.mentors"), { lead: t("mentor.lead") })}${mentorTabs("/mentors")}
    ${filterBar(page, { label: t("mentor.search"), hint: t("mentor.hint"), choices: [["rating_min", t("mentor.rating"), [["", t("form.any")], ["4", t("mentor.from-4")]]], ["ordering", t("job.order"), [["", t("order.rating")], ["hourly_rate", t("order.rate")], ["-years_of_experience", t("order.years")], ["-sessions", t("order.sessions")]]]] })}
    ${list.results.length ? html`<ul class="plainlist grid">${list.results.map((it) => keyed(it.id, html`<li class="card stack"><div class="person">${avatar(it.user)}<div class="stack none"><h2 class="h3"><a class="quiet" href=${`/mentors/${it.id}`}>${nameOf(it.user)}</a></h2><span class="small soft">${it.user.title}</span></div></div>
      <div class="meta">${stars(it.rating, it.reviews_count)}<span>${rate(it)}</span>${it.verified ? chip(t("mentor.verified"), "good") : null}</div><p class="small clamp">${it.bio}</p><div class="chips">${it.specializations.slice(0, 5).map((skill) => chip(skill.name))}</div></li>`))}</ul>${pager(page, list)}` : empty(t("mentor.none"), html`<a class="button" href="/mentors">${t("job.clear")}</a>`)}</div>`;
};
