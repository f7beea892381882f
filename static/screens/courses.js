// The catalogue of courses.

import { html } from "../core/view.js";
import { get } from "../core/api.js";
import { t, word } from "../core/texts.js";
import { filterBar } from "../parts/filter-bar.js";
import { icon } from "../parts/icons.js";
import { courseTiles, DIFFICULTIES, learnTabs } from "../parts/learn.js";
import { empty, head, pager } from "../parts/pieces.js";

export default async (page) => {
  const q = page.query;
  const skill = q.get("skill");
  const list = await get("/courses/", { search: q.get("search"), difficulty: q.get("difficulty"), skill, ordering: q.get("ordering"), page: q.get("page"), page_size: 12 })
    .catch((failure) => { if (failure.status === 400 && skill) return { count: 0, results: [], next: null, previous: null }; throw failure; });
  return () => html`<div class="stack wide">${head(page, t("place.learn"))}${learnTabs("/learn")}
    ${filterBar(page, { label: t("learn.search"), hint: t("learn.hint"), choices: [
      ["difficulty", t("learn.difficulty"), [["", t("form.any")], ...DIFFICULTIES.map((it) => [it, word("difficulty", it)])]],
      ["ordering", t("job.order"), [["", t("order.new")], ["-rating", t("order.rating")], ["duration_hours", t("order.short")], ["-total_students", t("order.students")]]],
    ], more: skill ? html`<input type="hidden" name="skill" value=${skill}><a class="chip below" href="/learn">${skill} ${icon("cross", true)}<span class="hush">${t("job.filter-off")}</span></a>` : null })}
    <section class="stack"><h2><span role="status">${t("learn.count", { n: list.count })}</span></h2>
    ${list.results.length ? html`<ul class="plainlist grid">${courseTiles(list.results)}</ul>${pager(page, list)}` : empty(t("learn.none"), html`<a class="button" href="/learn">${t("job.clear")}</a>`)}</section></div>`;
};
