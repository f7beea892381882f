// Courses, projects, jobs and posts of everybody: finding and clearing away.

import { html } from "../../core/view.js";
import { get, post } from "../../core/api.js";
import { nameOf, when } from "../../core/format.js";
import { t } from "../../core/texts.js";
import { adminTable } from "../../parts/admin-table.js";
import { filterBar } from "../../parts/filter-bar.js";
import { tabs } from "../../parts/pieces.js";

const OFFERS = ["active", "inactive", "archived"];
const KINDS = {
  courses: { path: "/courses/", page: "/courses/", states: OFFERS, owner: (it) => it.instructor },
  projects: { path: "/projects/", page: "/projects/", states: OFFERS, owner: (it) => it.created_by },
  jobs: { path: "/jobs/", page: "/jobs/", states: ["active", "closed"], owner: (it) => it.posted_by },
  posts: { path: "/community/posts/", page: "/community/", states: [], owner: (it) => it.author },
};

export default async (page) => {
  const q = page.query;
  const name = q.get("kind") in KINDS ? q.get("kind") : "jobs";
  const kind = KINDS[name];
  const list = await get(kind.path, { search: q.get("search"), status: kind.states.length ? q.get("status") || kind.states : null, ordering: q.get("ordering"), page: q.get("page"), page_size: 50 });
  const set = (status) => (ids) => post(`/admin/${name}/bulk_update_status/`, { ids, status });
  const table = adminTable(page, { label: t(`kind.${name}`), list, exported: `/admin/${name}/export/`,
    bulk: [...kind.states.map((status) => [t(name === "jobs" ? `job.set-${status}` : `offer.set-${status}`), set(status)]), [t("do.delete"), (ids) => post(`/admin/${name}/bulk_delete/`, { ids }), "danger"]],
    columns: [[t("job.title"), (it) => html`<a class="quiet" href=${kind.page + it.id}>${it.title}</a>`], [t("admin.member"), (it) => nameOf(kind.owner(it))], [t("offer.status"), (it) => it.status ? t(name === "jobs" ? (it.status === "active" ? "job.open" : "job.closed") : `offer.${it.status}`) : ""], [t("admin.when"), (it) => when(it.created_at)]] });
  return () => html`<div class="stack">${tabs(t("admin.content-of"), Object.keys(KINDS).map((it) => [`/admin/content?kind=${it}`, t(`kind.${it}`), it === name]))}
    ${filterBar(page, { label: t(`kind.${name}`), choices: kind.states.length ? [["status", t("offer.status"), [["", t("form.any")], ...kind.states.map((it) => [it, t(name === "jobs" ? (it === "active" ? "job.open" : "job.closed") : `offer.${it}`)])]]] : [], more: html`<input type="hidden" name="kind" value=${name}>` })}${table()}</div>`;
};
