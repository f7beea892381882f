// The queue: kinds with their times, tasks with their errors; retry, cancel, pause, run.

import { html } from "../../core/view.js";
import { Failure, get, post } from "../../core/api.js";
import { form } from "../../core/form.js";
import { reload } from "../../core/router.js";
import { number, when } from "../../core/format.js";
import { t } from "../../core/texts.js";
import { adminTable } from "../../parts/admin-table.js";
import { filterBar } from "../../parts/filter-bar.js";
import { chip, sheet, toast, trying } from "../../parts/pieces.js";
import { area, faults, select, sender } from "../../parts/fields.js";

const LOOK = { pending: "", running: "accent", done: "good", failed: "gold", dead: "bad", cancelled: "" };

export default async (page) => {
  const q = page.query;
  const [kinds, list] = await Promise.all([get("/admin/tasks/kinds/"), get("/admin/tasks/", { state: q.get("state"), kind: q.get("kind"), search: q.get("search"), page: q.get("page"), page_size: 30 })]);
  let open = null;
  page.every(5000, reload);
  const step = (it, name) => () => trying(() => post(`/admin/tasks/${it.id}/${name}/`), { done: t("do.saved") });
  const pause = (it) => () => trying(() => post(`/admin/tasks/kinds/${it.kind}/${it.paused ? "resume" : "pause"}/`), { done: t("do.saved") });
  const look = (it) => async () => { open = await trying(() => get(`/admin/tasks/${it.id}/`), { again: false }); page.update(); };
  const run = form(page, "run-task", async (values, key) => {
    let args;
    try { args = values.args.trim() ? JSON.parse(values.args) : undefined; } catch { throw new Failure(400, { field_errors: { args: [t("tasks.args-fault")] } }); }
    await post("/admin/tasks/run/", { kind: values.kind, args }, key);
    toast(t("tasks.queued"));
    await reload();
  });
  const ms = (it) => it ? `${number(it.p50)} / ${number(it.p99)}` : "–";
  const rows = kinds.filter((it) => it.pending || it.running || it.done_24h || it.failed_24h || it.dead || it.paused);
  const table = adminTable(page, { label: t("admin.tasks"), list, columns: [[t("tasks.kind"), (it) => html`<button class="link" @click=${look(it)}>${it.kind}</button>`], [t("offer.status"), (it) => chip(t(`task.${it.state}`), LOOK[it.state])], [t("tasks.attempts"), (it) => `${it.attempts}/${it.max_attempts}`, "attempts"], [t("tasks.run-at"), (it) => when(it.run_at), "run_at"], [t("tasks.error"), (it) => html`<span class="small">${(it.error ?? "").slice(0, 120)}</span>`],
    ["", (it) => html`<span class="row">${["failed", "dead", "cancelled"].includes(it.state) ? html`<button class="button little" @click=${step(it, "retry")}>${t("tasks.retry")}</button>` : null}${["pending", "failed"].includes(it.state) ? html`<button class="button little" @click=${step(it, "cancel")}>${t("tasks.cancel")}</button>` : null}</span>`]] });
  return () => html`<div class="stack wide">
    <details class="card" ?open=${rows.length < 12}><summary><b>${t("tasks.kinds")}</b></summary><div class="scroll" tabindex="0" role="region" aria-label=${t("tasks.kinds")}><table><thead><tr>${["kind", "pending", "running", "done-24h", "failed-24h", "dead", "wait", "run"].map((key) => html`<th scope="col">${t(`tasks.${key}`)}</th>`)}<th scope="col"><span class="hush">${t("session.steps")}</span></th></tr></thead>
      <tbody>${rows.map((it) => html`<tr><th scope="row"><a href=${`/admin/tasks?kind=${it.kind}`}>${it.kind}</a></th><td>${it.pending}</td><td>${it.running}</td><td>${it.done_24h}</td><td>${it.failed_24h}</td><td>${it.dead}</td><td>${ms(it.wait_ms)}</td><td>${ms(it.run_ms)}</td><td><button class="button little" @click=${pause(it)}>${it.paused ? t("tasks.resume") : t("tasks.pause")}</button></td></tr>`)}</tbody></table></div></details>
    ${filterBar(page, { label: t("admin.tasks"), hint: t("tasks.error"), choices: [["state", t("offer.status"), [["", t("form.any")], ...Object.keys(LOOK).map((it) => [it, t(`task.${it}`)])]], ["kind", t("tasks.kind"), [["", t("form.any")], ...kinds.map((it) => [it.kind, it.kind])]]] })}${table()}
    <form class="card stack" novalidate @submit=${run.submit}><h2>${t("tasks.run-one")}</h2>${faults(run)}${select(run, { name: "kind", label: t("tasks.kind"), value: kinds[0]?.kind, rows: kinds.map((it) => [it.kind, it.kind]) })}${area(run, { name: "args", label: t("tasks.args"), help: "{\"user\": 7}", rows: 2, optional: true })}${sender(run, t("tasks.run-one"), "")}</form>
    ${open ? sheet(open.kind, () => { open = null; page.update(); }, html`<p>${chip(t(`task.${open.state}`), LOOK[open.state])} ${when(open.run_at)}</p><pre class="well scroll" tabindex="0"><code>${JSON.stringify(open.args, null, 2)}</code></pre>${open.error ? html`<pre class="well scroll" tabindex="0"><code>${open.error}</code></pre>` : null}`) : null}</div>`;
};
