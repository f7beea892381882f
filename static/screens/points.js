// Where my points come from.

import { html, keyed } from "../core/view.js";
import { get } from "../core/api.js";
import { number, when } from "../core/format.js";
import { said, t } from "../core/texts.js";
import { empty, head, pager } from "../parts/pieces.js";

export default async (page) => {
  const [it, { results: earned }] = await Promise.all([get("/users/me/points/", { page: page.query.get("page") }), get("/users/me/achievements/", { page_size: 100 })]);
  const names = new Map(earned.map((one) => [String(one.id), said(one.achievement.name)]));
  const why = (row) => [t(`points.${row.reason}`), row.reason === "achievement" && names.get(row.reference)].filter(Boolean).join(": ");
  return () => html`<div class="stack wide">${head(page, t("points.title"), { back: ["/achievements", t("achievements.title")], lead: `${t("points", { n: it.points })} · ${t("points.rank", { n: it.rank })}` })}
    ${it.entries.results.length ? html`<ul class="plainlist lines card flush">${it.entries.results.map((row) => keyed(row.id, html`<li class="row between"><div class="stack none"><span>${why(row)}</span><span class="small soft">${row.note ? `${row.note} · ` : ""}${when(row.created_at)}</span></div><b class=${row.amount > 0 ? "gold-ink" : "gap-ink"}>${row.amount > 0 ? "+" : "−"}${number(Math.abs(row.amount))}</b></li>`))}</ul>${pager(page, it.entries)}` : empty(t("points.none"))}</div>`;
};
