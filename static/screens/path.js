// A learning path to a job or a role, as steps with hours.

import { html } from "../core/view.js";
import { get, maybe } from "../core/api.js";
import { hours } from "../core/format.js";
import { said, t } from "../core/texts.js";
import { learnTabs } from "../parts/learn.js";
import { chip, empty, head, note, ring } from "../parts/pieces.js";

export default async (page) => {
  const job = page.query.get("job");
  const role = page.query.get("role");
  let fault = "";
  const [roles, path] = await Promise.all([get("/skills/roles/"), maybe("/users/me/learning-path/", { job, role: job ? null : role }).catch((failure) => {
    if (failure.status !== 400) throw failure;
    fault = Object.values(failure.fields).flat().join(" ") || failure.message;
    return null;
  })]);
  const choose = (event) => { event.preventDefault(); page.ask({ job: "", role: new FormData(event.target).get("role") }); };
  return () => html`<div class="stack wide">${head(page, t("path.title"), { lead: t("path.lead") })}${learnTabs("/learn/path")}
    <form class="card row" @submit=${choose}><div class="grow field"><label for="role">${t("path.role")}</label><input id="role" name="role" list="all-roles" value=${role ?? path?.target.role ?? ""}><datalist id="all-roles">${roles.map((it) => html`<option value=${it.name}></option>`)}</datalist></div><button class="button main below">${t("path.show")}</button></form>
    ${fault && (job || role) ? note("warn", fault) : null}
    ${path ? html`<section class="stack"><div class="row nowrap">${ring(path.match_before)}${path.match_after === path.match_before ? null : html`<span aria-hidden="true">→</span>${ring(path.match_after, t("path.after"))}`}
        <div><h2>${path.target.job?.title ?? path.target.role ?? ""}</h2>${path.steps.length ? html`<p class="soft">${t("path.sum", { hours: hours(path.total_hours), n: path.steps.length })}</p>` : null}</div></div>
      ${path.steps.length ? html`<ol class="trail">${path.steps.map((step) => html`<li class=${step.already_percentage >= 100 ? "done" : ""}><h3><a class="quiet" href=${`/courses/${step.course.id}`}>${step.order}. ${step.course.title}</a></h3><p class="small soft">${hours(step.hours)}${step.already_percentage ? ` · ${t("learn.done-part", { n: step.already_percentage })}` : ""}</p>
        <p>${said(step.why)}</p><div class="chips">${step.covers_skills.map((it) => chip(it, "suggested"))}</div>
        ${step.alternatives.length ? html`<p class="small soft">${t("path.instead")} ${step.alternatives.map((it, nth) => html`${nth ? ", " : ""}<a href=${`/courses/${it.course.id}`}>${it.course.title}</a> (${hours(it.hours)})`)}</p>` : null}</li>`)}</ol>` : empty(t(path.uncovered_skills.length ? "path.untaught" : "path.none"))}
      ${path.uncovered_skills.length ? html`<div class="stack tight"><h3>${t("path.uncovered")}</h3><div class="chips">${path.uncovered_skills.map((it) => chip(it, "missing"))}</div></div>` : null}</section>`
      : fault && (job || role) ? null : empty(t("path.choose"))}</div>`;
};
