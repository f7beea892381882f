// How my courses do, and where learners stop.

import { html } from "../core/view.js";
import { get } from "../core/api.js";
import { number } from "../core/format.js";
import { t } from "../core/texts.js";
import { bars } from "../parts/charts.js";
import { learnTabs } from "../parts/learn.js";
import { head } from "../parts/pieces.js";

export default async (page) => {
  const it = await get("/analytics/courses/");
  const share = (value) => value === null || value === undefined ? t("figures.few") : `${number(value <= 1 ? value * 100 : value)}\u00a0%`;
  const courses = [...new Map(it.drop_off.map((row) => [row.course.id, row.course])).values()];
  return () => html`<div class="stack wide">${head(page, t("figures.courses"))}${learnTabs("/teach/figures")}
    <section class="card figures">${[["enrolments", it.enrolments], ["completions", it.completions], ["rate", share(it.completion_rate)], ["rating", it.mean_rating === null ? t("figures.few") : number(it.mean_rating)]].map(([key, n]) => html`<div><p class="figure">${n}</p><p class="small soft">${t(`figure.${key}`)}</p></div>`)}</section>
    <section class="card stack"><h2>${t("figures.enrolled")}</h2>${bars(t("figures.enrolled"), it.most_enrolled.map((row) => [row.course.title, row.enrolments]))}</section>
    ${courses.length ? html`<section class="stack"><h2>${t("figures.stop")}</h2><p class="small soft">${t("figures.stop-what")}</p><div class="grid wide">${courses.map((course) => html`<div class="card stack"><h3>${course.title}</h3>${bars(course.title, it.drop_off.filter((row) => row.course.id === course.id).map((row) => [row.title, row.reached]))}</div>`)}</div></section>` : null}</div>`;
};
