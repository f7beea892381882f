// What runs when.

import { html } from "../../core/view.js";
import { get, patch, post } from "../../core/api.js";
import { when } from "../../core/format.js";
import { said, t } from "../../core/texts.js";
import { adminTable } from "../../parts/admin-table.js";
import { chip, trying } from "../../parts/pieces.js";

export default async (page) => {
  const rows = await get("/admin/schedule/");
  const set = (it) => (event) => trying(() => patch(`/admin/schedule/${it.name}/`, { enabled: event.target.checked }), { done: t("do.saved") });
  const run = (it) => () => trying(() => post(`/admin/schedule/${it.name}/run/`), { done: t("tasks.queued") });
  return adminTable(page, { label: t("admin.schedule"), list: { results: rows, count: rows.length }, id: (it) => it.name, columns: [[t("tasks.kind"), (it) => html`<b>${it.name}</b>`], [t("schedule.when"), (it) => said(it.when)], [t("schedule.next"), (it) => when(it.next_run)], [t("schedule.last"), (it) => html`${when(it.last_run)} ${it.last_status ? chip(t(`task.${it.last_status}`), it.last_status === "done" ? "good" : "") : null}`],
    [t("schedule.on"), (it) => html`<input type="checkbox" aria-label=${`${t("schedule.on")}: ${it.name}`} ?checked=${it.enabled} @change=${set(it)}>`], ["", (it) => html`<button class="button little" @click=${run(it)}>${t("schedule.run")}</button>`]] });
};
