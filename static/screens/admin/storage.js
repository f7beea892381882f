// What lies on the disk; backups; rebuilding what is counted.

import { html } from "../../core/view.js";
import { get, post } from "../../core/api.js";
import { bytes, number, when } from "../../core/format.js";
import { t } from "../../core/texts.js";
import { bars } from "../../parts/charts.js";
import { chip, empty, toast, trying } from "../../parts/pieces.js";

// How often it is looked whether a backup that was asked for is there, in milliseconds.
const LOOK = 2000;

export default async (page) => {
  let [disk, { results: backups }] = await Promise.all([get("/admin/storage/"), get("/admin/backups/", { page_size: 100 })]);
  // The task that makes a backup.
  let task = null;
  const make = async () => { task = await trying(() => post("/admin/backups/"), { done: t("storage.asked"), again: false }) ?? task; };
  page.every(LOOK, async () => {
    if (!task) return;
    const { state, error } = await get(`/admin/tasks/${task.id}/`);
    if (!["done", "dead", "cancelled"].includes(state)) return;
    task = null;
    if (state !== "done") toast(t("storage.failed", { why: error ?? "" }), "gap");
    backups = (await get("/admin/backups/", { page_size: 100 })).results;
    page.update();
  });
  const recount = () => trying(() => post("/admin/recount/"), { done: t("tasks.queued") });
  const rows = [[t("storage.database"), disk.database_bytes], ...disk.files.map((it) => [`${t(`storage.${it.kind}`)} · ${number(it.files)}`, it.bytes]), [t("storage.backups"), disk.backups_bytes]];
  return () => html`<div class="split even"><section class="card stack"><h2>${t("storage.disk")}</h2>${bars(t("storage.disk"), rows, bytes)}
      <p class="small soft">${t("storage.free", { free: bytes(disk.free_bytes), all: bytes(disk.total_bytes) })}</p><div><button class="button" @click=${recount}>${t("storage.recount")}</button></div></section>
    <section class="card stack"><div class="row between"><h2>${t("storage.backups")}</h2><button class="button main" @click=${make}>${t("storage.make")}</button></div>
      ${backups.length ? html`<ul class="plainlist stack tight">${backups.map((it) => html`<li class="row between"><span class="stack none"><b>${it.name}</b><span class="small soft">${bytes(it.bytes)} · ${when(it.created_at)}</span></span>${chip(it.verified ? t("storage.verified") : t("storage.unverified"), it.verified ? "good" : "gold")}</li>`)}</ul>` : empty(t("storage.none"))}</section></div>`;
};
