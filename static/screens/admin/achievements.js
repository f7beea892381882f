// Rules of achievements.

import { html } from "../../core/view.js";
import { get, post, remove } from "../../core/api.js";
import { form } from "../../core/form.js";
import { reload } from "../../core/router.js";
import { number } from "../../core/format.js";
import { said, t, word } from "../../core/texts.js";
import { adminTable } from "../../parts/admin-table.js";
import { confirm, toast, trying } from "../../parts/pieces.js";
import { faults, field, select, sender } from "../../parts/fields.js";

const METRICS = ["posts", "resumes", "enrolments", "courses_completed", "skills_endorsed_for_others", "sessions_as_mentor", "applications", "likes_received", "skills", "points", "comments", "modules_completed", "projects_completed", "endorsements_received", "sessions_as_mentee", "connections", "streak_days", "days_as_member"];

export default async (page) => {
  const list = await get("/achievements/", { page: page.query.get("page"), page_size: 50 });
  const it = form(page, "achievement", async (values, key) => { await post("/achievements/", values, key); toast(t("do.saved")); await reload(); });
  const drop = (row) => async () => { if (await confirm(t("admin.achievement-ask", { name: row.name }), t("admin.achievement-what"), t("do.delete"))) await trying(() => remove(`/achievements/${row.id}/`), { done: t("do.saved") }); };
  const table = adminTable(page, { label: t("admin.achievements"), list, columns: [[t("skills.name"), (row) => html`<span class="stack none"><b>${said(row.name)}</b><span class="small soft">${said(row.description)}</span></span>`], [t("admin.rule"), (row) => `${word("metric", row.metric)} ≥ ${number(row.target)}`], [t("home.points"), (row) => row.points_awarded], [t("admin.rarity"), (row) => t(`rarity.${row.rarity}`)], ["", (row) => row.built_in ? html`<span class="small soft">${t("admin.built-in")}</span>` : html`<button class="button little danger" @click=${drop(row)}>${t("do.delete")}</button>`]] });
  return () => html`<div class="stack wide">${table()}<form class="card stack" novalidate @submit=${it.submit}><h2>${t("admin.achievement-new")}</h2>${faults(it)}<div class="fields">${field(it, { name: "key", label: t("admin.key"), max: 50, required: true })}${field(it, { name: "name", label: t("skills.name"), max: 200, required: true })}${field(it, { name: "description", label: t("job.description"), max: 500, required: true })}
    ${select(it, { name: "metric", label: t("admin.metric"), value: "posts", rows: METRICS.map((name) => [name, word("metric", name)]) })}${field(it, { name: "target", label: t("admin.target"), type: "number", least: 1, required: true })}${field(it, { name: "points_awarded", label: t("home.points"), type: "number", least: 0, most: 1000, required: true })}${select(it, { name: "rarity", label: t("admin.rarity"), value: "common", rows: ["common", "rare", "epic", "legendary"].map((r) => [r, t(`rarity.${r}`)]) })}</div>${sender(it, t("admin.achievement-new"))}</form></div>`;
};
