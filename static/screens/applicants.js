// Applicants of one posting as a board, best match first. Cards are dragged, or moved with their menu.

import { html, keyed } from "../core/view.js";
import { get } from "../core/api.js";
import { when } from "../core/format.js";
import { t } from "../core/texts.js";
import { empty, head, person, ring, sheet } from "../parts/pieces.js";
import { moveForm, STEPS } from "../parts/move.js";
import { reload } from "../core/router.js";

const LANES = ["applied", "interview", "offered", "accepted", "rejected"];

export default async (page) => {
  const { id } = page.params;
  const [job, list] = await Promise.all([get(`/jobs/${id}/`), get(`/jobs/${id}/applicants/`, { page_size: 100, ordering: page.query.get("ordering") ?? "-match" })]);
  let moving = null;
  let over = "";
  let dragged = null;
  const start = (row, to) => {
    moving = moveForm(page, { ...row, status: row.status }, async () => { moving = null; await reload(); });
    page.update();
    if (to) setTimeout(() => { const field = document.querySelector("dialog [name=status]"); if (field) field.value = to; });
  };
  const fits = (lane) => dragged && STEPS[dragged.status]?.includes(lane);
  return () => html`<div class="stack wide">${head(page, t("applicants.title"), { back: [`/jobs/${id}`, job.title], lead: list.count ? t("applicants.lead", { n: list.count, title: job.title }) : null })}
    ${list.results.length ? html`<div class="board" tabindex="0" role="region" aria-label=${t("applicants.title")}>${LANES.map((lane) => {
      const rows = list.results.filter((it) => it.status === lane);
      return html`<section class=${over === lane ? "lane over" : "lane"} @dragover=${(event) => { if (fits(lane)) { event.preventDefault(); if (over !== lane) { over = lane; page.update(); } } }}
          @dragleave=${() => { over = ""; page.update(); }} @drop=${(event) => { event.preventDefault(); over = ""; if (fits(lane)) start(dragged, lane); }}><h2>${t(`status.${lane}`)} <span>${rows.length}</span></h2>
        ${rows.map((it) => keyed(it.id, html`<div class="card" draggable=${STEPS[lane] ? "true" : "false"} @dragstart=${() => { dragged = it; }}>${person(it.user)}
          <div class="row between nowrap"><p class="small soft">${when(it.applied_at)}</p>${ring(it.match_percentage)}</div><div class="row"><a class="button little" href=${`/applications/${it.id}`}>${t("do.see")}</a>${STEPS[lane] ? html`<button class="button little" aria-label=${t("applicants.move")} @click=${() => start(it)}>${t("applicants.move-short")}</button>` : null}</div></div>`))}</section>`;
    })}</div>` : empty(t("applicants.none"), html`<a class="button" href=${`/jobs/${id}`}>${t("applicants.posting")}</a>`)}
    ${moving ? sheet(t("applicants.move"), () => { moving = null; page.update(); }, moving()) : null}</div>`;
};
