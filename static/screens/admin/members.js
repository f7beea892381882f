// Everybody with an account.

import { html } from "../../core/view.js";
import { get, post } from "../../core/api.js";
import { nameOf, when } from "../../core/format.js";
import { t } from "../../core/texts.js";
import { adminTable } from "../../parts/admin-table.js";
import { filterBar } from "../../parts/filter-bar.js";
import { chip } from "../../parts/pieces.js";

export const ROLES = ["is_staff", "is_instructor", "is_recruiter", "is_moderator", "is_premium"];

export default async (page) => {
  const q = page.query;
  const role = q.get("role");
  const list = await get("/admin/users/", { search: q.get("search"), is_active: q.get("is_active"), ...(role && { [role]: true }), ordering: q.get("ordering"), page: q.get("page"), page_size: 50 });
  const set = (status) => (ids) => post("/admin/users/bulk_update_status/", { ids, status });
  const table = adminTable(page, { label: t("admin.members"), list, exported: "/admin/users/export/", bulk: [[t("admin.activate"), set("active")], [t("admin.deactivate"), set("inactive"), "danger"]], columns: [
    [t("admin.member"), (it) => html`<span class="stack none"><a class="quiet" href=${`/admin/members/${it.id}`}>${nameOf(it)}</a><span class="small soft">@${it.username} · ${it.email}</span></span>`, "username"],
    [t("admin.roles"), (it) => html`<span class="chips">${ROLES.filter((name) => it[name]).map((name) => chip(t(`role.${name}`), "gold"))}${it.is_mentor ? chip(t("people.mentor")) : null}</span>`],
    [t("offer.status"), (it) => chip(t(it.is_active ? "admin.is-active" : "admin.is-inactive"), it.is_active ? "good" : "bad")],
    [t("home.points"), (it) => it.points, "points"], [t("admin.joined"), (it) => when(it.created_at), "created_at"], [t("admin.seen"), (it) => when(it.last_login), "last_login"]] });
  return () => html`<div class="stack">${filterBar(page, { label: t("people.search"), choices: [["role", t("admin.roles"), [["", t("form.any")], ...ROLES.map((name) => [name, t(`role.${name}`)])]], ["is_active", t("offer.status"), [["", t("form.any")], ["true", t("admin.is-active")], ["false", t("admin.is-inactive")]]]] })}${table()}</div>`;
};
