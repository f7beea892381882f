// Who changed what.

import { html } from "../../core/view.js";
import { get } from "../../core/api.js";
import { nameOf, when } from "../../core/format.js";
import { t } from "../../core/texts.js";
import { adminTable } from "../../parts/admin-table.js";
import { filterBar } from "../../parts/filter-bar.js";

const shown = (value) => value === null ? "–" : typeof value === "object" ? JSON.stringify(value) : String(value);

export default async (page) => {
  const q = page.query;
  const list = await get("/admin/audit/", { search: q.get("search"), action: q.get("action"), page: q.get("page"), page_size: 50 });
  const table = adminTable(page, { label: t("admin.audit"), list, none: t("audit.none"), exported: "/admin/audit/export/", columns: [[t("admin.when"), (it) => when(it.at)], [t("audit.who"), (it) => it.actor ? nameOf(typeof it.actor === "object" ? it.actor : { username: `#${it.actor}` }) : "careerd"], [t("audit.action"), (it) => html`<b>${it.action}</b>`], [t("audit.target"), (it) => [it.target_type, it.target_id].filter((part) => part !== null).join(" ")],
    [t("audit.changes"), (it) => html`<span class="small">${Object.entries(it.changes ?? {}).map(([field, [from, to] = []]) => html`<span>${field}: ${shown(from)} → ${shown(to)}</span><br>`)}</span>`], [t("audit.from"), (it) => html`<span class="small soft">${it.ip ?? ""}</span>`]] });
  return () => html`<div class="stack">${filterBar(page, { label: t("admin.audit") })}${table()}</div>`;
};
