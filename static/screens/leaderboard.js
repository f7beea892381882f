// Who earned most.

import { html, keyed } from "../core/view.js";
import { get } from "../core/api.js";
import { session } from "../core/session.js";
import { t } from "../core/texts.js";
import { empty, head, person, tabs } from "../parts/pieces.js";
import { peopleTabs } from "../parts/people-tabs.js";

export default async (page) => {
  const period = page.query.get("period") ?? "all";
  const rows = await get("/users/leaderboard/", { period, limit: 50 });
  return () => html`<div class="stack wide">${head(page, t("leaderboard.title"))}${peopleTabs("/leaderboard")}
    ${tabs(t("leaderboard.period"), ["all", "month", "week"].map((it) => [`/leaderboard?period=${it}`, t(`leaderboard.${it}`), it === period]))}
    ${rows.length ? html`<ol class="plainlist lines card flush">${rows.map((it) => keyed(it.user_id, html`<li class=${it.user_id === session.user?.id ? "lead-row unread" : "lead-row"}><b class="figure">${it.rank}</b>${person(it.user, t("leaderboard.achievements", { n: it.achievement_count }))}<b class="gold-ink">${it.points}</b></li>`))}</ol>` : empty(t("leaderboard.none"))}</div>`;
};
