// Searching jobs: the filters stand in the address.

import { html } from "../core/view.js";
import { get } from "../core/api.js";
import { isRecruiter, session } from "../core/session.js";
import { t, word } from "../core/texts.js";
import { jobRows } from "../parts/jobs.js";
import { chip, empty, head, pager } from "../parts/pieces.js";
import { icon } from "../parts/icons.js";
import { skillPicker } from "../parts/skill-picker.js";
import { jobTabs } from "../parts/job-tabs.js";

const TYPES = ["full-time", "part-time", "contract", "internship", "freelance"];
const LEVELS = ["entry", "junior", "mid", "senior"];
const ASKED = ["search", "location", "job_type", "experience_level", "salary_min", "skill", "company", "posted_after", "ordering", "page"];

export default async (page) => {
  const q = page.query;
  const asked = Object.fromEntries(ASKED.map((name) => [name, q.getAll(name)]));
  const ordering = q.get("ordering") ?? (session.user ? "match" : "");
  const list = await get("/jobs/", { ...asked, ordering: ordering || undefined });
  const set = ["location", "job_type", "experience_level", "salary_min", "skill"].filter((name) => q.has(name));
  const find = (event) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    page.ask(Object.fromEntries(["search", "location", "salary_min", "job_type", "experience_level", "ordering"].map((name) => [name, data.getAll(name)])));
  };
  const picker = skillPicker(page, { id: "filter-skill", label: t("job.filter-skill"), pick: (skill) => page.ask({ skill: [...q.getAll("skill"), skill.name] }) });
  const without = (name, value) => () => page.ask({ [name]: q.getAll(name).filter((it) => it !== value) });
  return () => html`<div class="stack wide">${head(page, t("place.jobs"), { actions: isRecruiter() ? html`<a class="button main" href="/jobs/new">${icon("plus", true)} ${t("job.post")}</a>` : null })}
    ${jobTabs("/jobs")}
    <form class="card stack" role="search" aria-label=${t("job.search")} @submit=${find} @change=${(event) => event.target.matches("select") && event.currentTarget.requestSubmit()}>
      <div class="row"><div class="grow field"><label for="job-search">${t("job.words")}</label><input id="job-search" name="search" type="search" value=${q.get("search") ?? ""} placeholder=${t("job.words-hint")}></div>
        <div class="grow field"><label for="job-location">${t("job.location")}</label><input id="job-location" name="location" value=${q.get("location") ?? ""}></div>
        <div class="field"><label for="job-order">${t("job.order")}</label><select id="job-order" name="ordering" class="auto">
          ${[session.user && "match", "-posted_at", "-salary_max", "deadline"].filter(Boolean).map((it) => html`<option value=${it} ?selected=${ordering === it}>${t(`order.${it}`)}</option>`)}</select></div>
        <button class="button main below">${t("shell.search")}</button></div>
      <details class="filters" ?open=${set.length > 0}><summary>${icon("settings", true)} ${t("job.filters")}${set.length ? html` <span class="count">${set.length}</span>` : null}</summary>
        <div class="fields"><div class="field"><label for="job-type">${t("job.type")}</label><select id="job-type" name="job_type"><option value="">${t("form.any")}</option>${TYPES.map((it) => html`<option value=${it} ?selected=${q.get("job_type") === it}>${word("job_type", it)}</option>`)}</select></div>
          <div class="field"><label for="job-level">${t("job.level")}</label><select id="job-level" name="experience_level"><option value="">${t("form.any")}</option>${LEVELS.map((it) => html`<option value=${it} ?selected=${q.get("experience_level") === it}>${word("experience", it)}</option>`)}</select></div>
          <div class="field"><label for="job-salary">${t("job.salary-least")}</label><input id="job-salary" name="salary_min" type="number" min="0" step="1000" value=${q.get("salary_min") ?? ""}></div>
          ${picker()}</div></details>
      ${q.getAll("skill").length ? html`<div class="chips">${q.getAll("skill").map((it) => html`<button type="button" class="chip" @click=${without("skill", it)}>${it} ${icon("cross", true)}<span class="hush">${t("job.filter-off")}</span></button>`)}</div>` : null}
    </form>
    <section class="stack"><div class="row between"><h2><span role="status">${t("job.count", { n: list.count })}</span></h2>${q.size ? html`<a href="/jobs">${t("job.clear")}</a>` : null}</div>
      ${list.results.length ? html`<ul class="plainlist lines card flush joblist">${jobRows(list.results)}</ul>${pager(page, list)}`
        : empty(t("job.none"), html`<a class="button" href="/jobs">${t("job.clear")}</a>`)}</section></div>`;
};
