// How the interface is used: calls, errors, times by route.

import { html } from "../../core/view.js";
import { get, maybe } from "../../core/api.js";
import { number } from "../../core/format.js";
import { t } from "../../core/texts.js";
import { adminTable } from "../../parts/admin-table.js";
import { heatmap } from "../../parts/charts.js";

export default async (page) => {
  const [usage, activity] = await Promise.all([get("/analytics/api-usage/"), maybe("/analytics/heatmap/", { days: 365 })]);
  const rows = Array.isArray(usage) ? usage : usage.routes ?? usage.results ?? [];
  const table = adminTable(page, { label: t("admin.usage"), list: { results: rows, count: rows.length }, id: (it) => `${it.method} ${it.route ?? it.path}`, exported: "/analytics/api-usage/export/", columns: [[t("usage.route"), (it) => html`<code>${it.method} ${it.route ?? it.path}</code>`], [t("usage.calls"), (it) => number(it.calls)], [t("usage.errors"), (it) => number(typeof it.errors === "object" ? Object.values(it.errors).reduce((sum, n) => sum + n, 0) : it.errors)], ["p50", (it) => `${number(it.p50 ?? 0)} ms`], ["p90", (it) => `${number(it.p90 ?? 0)} ms`], ["p99", (it) => `${number(it.p99 ?? 0)} ms`]] });
  return () => html`<div class="stack wide">${activity ? html`<section class="card stack"><h2>${t("usage.activity")}</h2>${heatmap(t("usage.activity"), activity.days)}</section>` : null}${table()}</div>`;
};
