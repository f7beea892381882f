// What members reported.

import { html, keyed } from "../../core/view.js";
import { get, post } from "../../core/api.js";
import { when } from "../../core/format.js";
import { t } from "../../core/texts.js";
import { chip, empty, pager, person, tabs, trying } from "../../parts/pieces.js";
import { rich } from "../../parts/rich.js";

export default async (page) => {
  const status = page.query.get("status") ?? "open";
  const list = await get("/admin/moderation/", { status, page: page.query.get("page") });
  const step = (it, name) => () => trying(() => post(`/admin/moderation/${it.id}/${name}/`, {}), { done: t("do.saved") });
  return () => html`<div class="stack">${tabs(t("admin.moderation"), ["open", "hidden", "dismissed"].map((it) => [`/admin/moderation?status=${it}`, t(`case.${it}`), it === status]))}
    ${list.results.length ? html`<ul class="plainlist stack">${list.results.map((it) => keyed(it.id, html`<li class="card stack"><div class="row between">${person(it.target.author, when(it.target.created_at))}<span class="chips">${Object.entries(it.reasons ?? {}).map(([reason, n]) => chip(`${t(`flag.${reason}`)} × ${n}`, "bad"))}</span></div>
      ${it.target.title ? html`<h2 class="h3"><a href=${`/community/${it.target.post ?? it.target.id}`}>${it.target.title}</a></h2>` : null}<div class="well">${rich((it.target.content ?? "").slice(0, 1500))}</div>
      ${(it.notes ?? []).map((text) => html`<p class="small">“${text}”</p>`)}<p class="small soft">${t("case.first")} ${when(it.first_at)}</p>
      <div class="row">${it.status !== "hidden" ? html`<button class="button danger little" @click=${step(it, "hide")}>${t("case.hide")}</button>` : html`<button class="button little" @click=${step(it, "restore")}>${t("case.restore")}</button>`}${it.status === "open" ? html`<button class="button little" @click=${step(it, "dismiss")}>${t("case.dismiss")}</button>` : null}</div></li>`))}</ul>${pager(page, list)}` : empty(t("case.none"))}</div>`;
};
