// People I am connected with, requests, suggestions.

import { html, keyed } from "../core/view.js";
import { get, post, remove } from "../core/api.js";
import { session } from "../core/session.js";
import { when } from "../core/format.js";
import { said, t } from "../core/texts.js";
import { connectButton } from "../parts/connect.js";
import { confirm, empty, head, person, tabs, trying } from "../parts/pieces.js";
import { peopleTabs } from "../parts/people-tabs.js";

export default async (page) => {
  const status = page.query.get("status") === "pending" ? "pending" : "accepted";
  const [list, suggested] = await Promise.all([get("/connections/", { status, page_size: 100 }), get("/connections/suggestions/", { limit: 6 })]);
  const asks = new Map(suggested.map((it) => [it.user.id, connectButton(page, it.user.id)]));
  const other = (it) => it.requester.id === session.user.id ? it.addressee : it.requester;
  const step = (it, name, done) => () => trying(() => post(`/connections/${it.id}/${name}/`), { done: t(done) });
  const drop = (it) => async () => {
    const pending = it.status === "pending";
    if (pending || await confirm(t("connections.remove-ask"), t("connections.remove-what"), t("connections.remove"))) await trying(() => remove(`/connections/${it.id}/`), { done: t("do.saved") });
  };
  return () => html`<div class="stack wide">${head(page, t("connections.title"))}${peopleTabs("/connections")}
    ${tabs(t("connections.title"), [["/connections", t("connections.accepted"), status === "accepted"], ["/connections?status=pending", t("connections.pending"), status === "pending"]])}
    <div class="split"><div class="stack">${list.results.length ? html`<ul class="plainlist lines card flush">${list.results.map((it) => keyed(it.id, html`<li class="row between"><div class="stack tight">${person(other(it))}${it.message ? html`<p class="small">“${it.message}”</p>` : null}<p class="small soft">${when(it.answered_at ?? it.created_at)}</p></div>
      <div class="row">${it.status === "pending" && it.addressee.id === session.user.id ? html`<button class="button main little" @click=${step(it, "accept", "connections.now")}>${t("connections.accept")}</button><button class="button little" @click=${step(it, "decline", "connections.declined")}>${t("connections.decline")}</button>`
        : html`<button class="button little" @click=${drop(it)}>${it.status === "pending" ? t("connections.take-back") : t("connections.remove")}</button>`}</div></li>`))}</ul>` : empty(t(`connections.none-${status}`), html`<a class="button" href="/people">${t("people.search")}</a>`)}</div>
      <aside class="card stack" aria-label=${t("home.people")}><h2>${t("home.people")}</h2>${suggested.length ? html`<ul class="plainlist stack">${suggested.map((it) => keyed(it.user.id, html`<li class="stack tight">${person(it.user)}<p class="small soft">${said(it.reason)}</p><div>${asks.get(it.user.id)()}</div></li>`))}</ul>` : html`<p class="small soft">${t("connections.no-suggestions")}</p>`}</aside></div></div>`;
};
