// Where my points come from.

import { html, keyed } from "../core/view.js";
import { get } from "../core/api.js";
import { when } from "../core/format.js";
import { t } from "../core/texts.js";
import { empty, head, pager } from "../parts/pieces.js";

export default async (page) => {
  const it = await get("/users/me/points/", { page: page.query.get("page") });
  return () => html`<div class="stack wide">${head(page, t("points.title"), { back: ["/achievements", t("achievements.title")], lead: `${t("points", { n: it.points })} · ${t("points.rank", { n: it.rank })}` })}
    ${it.entries.results.length ? html`<ul class="plainlist lines card flush">${it.entries.results.map((row) => keyed(row.id, html`<li class="row between"><div class="stack none"><span>${t(`points.${row.reason}`)}</span><span class="small soft">${row.note ? `${row.note} · ` : ""}${when(row.created_at)}</span></div><b class=${row.amount > 0 ? "gold-ink" : "gap-ink"}>${row.amount > 0 ? "+" : "−"}${Math.abs(row.amount)}</b></li>`))}</ul>${pager(page, it.entries)}` : empty(t("points.none"))}</div>`;
};
