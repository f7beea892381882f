// How the place is doing.

import { html } from "../../core/view.js";
import { maybe } from "../../core/api.js";
import { number } from "../../core/format.js";
import { t } from "../../core/texts.js";
import { bars, lineChart } from "../../parts/charts.js";
import { chip } from "../../parts/pieces.js";

export default async () => {
  const [figures, growth, health] = await Promise.all([maybe("/analytics/platform/"), maybe("/analytics/growth/"), maybe("/admin/health/")]);
  const states = health?.checks.find((it) => it.name === "tasks")?.figures.states;
  const cards = [
    figures && ["members", figures.users.total, "/admin/members"], figures && ["active", figures.users.active, "/admin/members"],
    figures && ["open-jobs", figures.jobs.open, "/jobs"], figures && ["applications", figures.jobs.applications, "/jobs"],
    figures && ["enrolments", figures.content.enrolments, "/learn"], figures && ["posts-month", figures.content.posts_this_month, "/community"],
    states && ["waiting", states.pending ?? 0, "/admin/tasks?state=pending"], states && ["dead", states.dead ?? 0, "/admin/tasks?state=dead"],
  ].filter(Boolean);
  return () => html`<div class="stack wide"><ul class="plainlist figures cards">${cards.map(([key, n, href]) => html`<li class="card"><a class="quiet" href=${href}><span class="figure">${number(n)}</span><br><span class="small soft">${t(`admin.${key}`)}</span></a></li>`)}</ul>
    ${growth ? html`<section class="card stack"><h2>${t("admin.growth")}</h2>${lineChart(t("admin.growth"), Object.entries(growth.sign_ups))}</section>` : null}
    <div class="grid wide">${figures ? html`<section class="card stack"><h2>${t("admin.content")}</h2>${bars(t("admin.content"), [["posts", figures.content.posts], ["resumes", figures.content.resumes], ["courses", figures.content.courses], ["enrolments", figures.content.enrolments], ["jobs", figures.jobs.total]].map(([key, n]) => [t(`admin.n-${key}`), n]))}</section>` : null}
      ${health ? html`<section class="card stack"><h2>${t("admin.health")}</h2><ul class="plainlist stack tight">${health.checks.map((it) => html`<li class="row between"><span>${t(`check.${it.name}`)}</span>${chip(it.ok ? t("check.good") : t("check.bad"), it.ok ? "good" : "bad")}</li>`)}</ul>
        <p class="small soft">careerd ${health.version} · SQLite ${health.sqlite_version} · ${t("admin.uptime", { n: number(health.uptime_seconds / 3600) })}</p></section>` : null}</div></div>`;
};
