// Finding people.

import { html, keyed } from "../core/view.js";
import { get } from "../core/api.js";
import { t } from "../core/texts.js";
import { filterBar } from "../parts/filter-bar.js";
import { icon } from "../parts/icons.js";
import { empty, head, pager, person } from "../parts/pieces.js";
import { peopleTabs } from "../parts/people-tabs.js";

export default async (page) => {
  const q = page.query;
  const list = await get("/users/", { search: q.get("search"), skill: q.get("skill"), is_mentor: q.get("is_mentor"), ordering: q.get("ordering"), page: q.get("page") });
  return () => html`<div class="stack wide">${head(page, t("place.people"))}${peopleTabs("/people")}
    ${filterBar(page, { label: t("people.search"), hint: t("people.hint"), choices: [["is_mentor", t("people.who"), [["", t("people.all")], ["true", t("people.mentors")]]], ["ordering", t("job.order"), [["", t("order.points")], ["-created_at", t("order.new")], ["username", t("order.name")]]]] })}
    ${list.results.length ? html`<ul class="plainlist lines card flush">${list.results.map((it) => keyed(it.id, html`<li class="row between">${person(it)}<span class="meta">${it.location ? html`<span>${icon("place", true)} ${it.location}</span>` : null}${it.is_mentor ? html`<span>${icon("mentors", true)} ${t("people.mentor")}</span>` : null}<span class="gold-ink">${t("points", { n: it.points })}</span></span></li>`))}</ul>${pager(page, list)}`
      : empty(t("people.none"), html`<a class="button" href="/people">${t("job.clear")}</a>`)}</div>`;
};
