// Projects to build.

import { html, keyed } from "../core/view.js";
import { get } from "../core/api.js";
import { hours } from "../core/format.js";
import { t, word } from "../core/texts.js";
import { filterBar } from "../parts/filter-bar.js";
import { icon } from "../parts/icons.js";
import { cover, DIFFICULTIES } from "../parts/learn.js";
import { stars } from "../parts/stars.js";
import { chip, empty, head, pager } from "../parts/pieces.js";
import { projectTabs } from "../parts/project-tabs.js";

export default async (page) => {
  const q = page.query;
  const list = await get("/projects/", { search: q.get("search"), difficulty: q.get("difficulty"), skill: q.get("skill"), ordering: q.get("ordering"), page: q.get("page"), page_size: 12 });
  return () => html`<div class="stack wide">${head(page, t("place.projects"), { lead: t("project.lead") })}${projectTabs("/projects")}
    ${filterBar(page, { label: t("project.search"), choices: [
      ["difficulty", t("learn.difficulty"), [["", t("form.any")], ...DIFFICULTIES.map((it) => [it, word("difficulty", it)])]],
      ["ordering", t("job.order"), [["", t("order.new")], ["-average_rating", t("order.rating")], ["estimated_hours", t("order.short")]]]] })}
    <section class="stack"><h2><span role="status">${t("project.count", { n: list.count })}</span></h2>
    ${list.results.length ? html`<ul class="plainlist grid">${list.results.map((it) => keyed(it.id, html`<li class="card tile">${cover(it, html`<span class="emoji" aria-hidden="true">${it.icon_emoji || "◆"}</span>`)}<div class="inside"><h3><a href=${`/projects/${it.id}`}>${it.title}</a></h3>
      <div class="meta"><span>${word("difficulty", it.difficulty)}</span>${it.estimated_hours ? html`<span>${icon("clock", true)} ${hours(it.estimated_hours)}</span>` : null}${it.is_locked ? html`<span>${icon("lock", true)} ${t("project.locked")}</span>` : null}${it.average_rating ? stars(it.average_rating) : null}</div>
      <p class="small soft clamp">${it.description}</p><div class="chips">${it.required_skills.slice(0, 4).map((skill) => chip(skill.name))}</div></div></li>`))}</ul>${pager(page, list)}` : empty(t("project.none"), html`<a class="button" href="/projects">${t("job.clear")}</a>`)}</section></div>`;
};
