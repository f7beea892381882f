// My figures: activity by day, skills by kind, where I stand.

import { html } from "../core/view.js";
import { get } from "../core/api.js";
import { session } from "../core/session.js";
import { t, word } from "../core/texts.js";
import { bars, heatmap, radar } from "../parts/charts.js";
import { head } from "../parts/pieces.js";

const STRENGTH = { beginner: 1, intermediate: 2, advanced: 3, expert: 4 };

export default async (page) => {
  const tz = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const [mine, activity, skills] = await Promise.all([get("/analytics/me/"), get("/analytics/me/heatmap/", { days: 365, tz }), get("/user-skills/", { page_size: 100 })]);
  const sums = {};
  for (const it of skills.results) sums[it.skill.category] = (sums[it.skill.category] ?? 0) + STRENGTH[it.proficiency_level];
  const kinds = Object.entries(sums).sort(([, a], [, b]) => b - a).slice(0, 8).map(([kind, n]) => [word("category", kind), n]);
  const figures = [["points", mine.profile.points], ["rank", mine.profile.rank], ["achievements", mine.achievements.total], ["courses", mine.learning.completed], ["posts", mine.community.posts], ["likes", mine.community.likes_received], ["applications", mine.jobs.applications], ["endorsed", mine.skills.endorsed]];
  return () => html`<div class="stack wide">${head(page, t("figures.title"), { back: [`/people/${session.user.id}`, t("shell.profile")] })}
    <section class="card figures eight">${figures.map(([key, n]) => html`<div><p class="figure">${n}</p><p class="small soft">${t(`figure.${key}`)}</p></div>`)}</section>
    <section class="card stack"><div class="row between"><h2>${t("figures.activity")}</h2><p class="small soft">${t("figures.streak", { now: activity.streak_days, most: activity.longest_streak })}</p></div>${heatmap(t("figures.activity"), activity.days)}</section>
    ${kinds.length ? html`<section class="card split even"><div class="stack"><h2>${t("figures.skills")}</h2>${kinds.length > 2 ? radar(t("figures.skills"), kinds) : null}</div><div class="stack"><h2>${t("figures.kinds")}</h2><p class="small soft">${t("figures.kinds-what")}</p>${bars(t("figures.kinds"), kinds)}</div></section>` : null}</div>`;
};
