// What I was told.

import { html, keyed } from "../core/view.js";
import { get, post, remove } from "../core/api.js";
import { reload } from "../core/router.js";
import { appointment, when } from "../core/format.js";
import { said, t } from "../core/texts.js";
import { onNotification, setUnread } from "../parts/bell.js";
import { icon } from "../parts/icons.js";
import { empty, head, pager, tabs, trying } from "../parts/pieces.js";

const ICONS = { achievement: "trophy", mention: "comment", like: "heart", comment: "comment", job_match: "jobs", mentor_request: "mentors", session: "clock", application: "resume", course: "learn", connection: "people", system: "info" };

// What these say below their title is what somebody wrote.
const QUOTED = ["mention", "comment"];

// Moments stand in messages as the server says them; here they are told in the zone of their reader.
const here = (text) => text.replace(/(\d{4}-\d\d-\d\d) (\d\d:\d\d) UTC/g, (_, date, clock) => appointment(`${date}T${clock}Z`));

export default async (page) => {
  const only = page.query.get("is_read");
  const [list, { unread }] = await Promise.all([get("/notifications/", { is_read: only, page: page.query.get("page") }), get("/notifications/unread-count/")]);
  setUnread(unread);
  page.onLeave(onNotification(reload));
  const all = () => trying(() => post("/notifications/read-all/"), { done: t("news.all-read") });
  // The link is followed at once; that it was read is told beside it.
  const read = (it) => () => { if (!it.is_read) post(`/notifications/${it.id}/read/`).then(() => setUnread(unread - 1)).catch(() => null); };
  return () => html`<div class="stack wide">${head(page, t("news.title"), { actions: html`${unread ? html`<button class="button" @click=${all}>${t("news.read-all")}</button>` : null}<a class="button" href="/settings/notifications">${t("news.preferences")}</a>` })}
    ${tabs(t("news.title"), [["/notifications", t("news.all"), only === null], ["/notifications?is_read=false", t("news.unread"), only === "false", unread]])}
    ${list.results.length ? html`<ul class="plainlist lines card flush news">${list.results.map((it) => keyed(it.id, html`<li class=${it.is_read ? "" : "unread"}><span class="soft">${icon(ICONS[it.type])}</span>
      <div class="stack none">${it.link ? html`<a class="quiet" href=${it.link} @click=${read(it)}>${said(it.title)}</a>` : html`<span class="strong">${said(it.title)}</span>`}${it.message ? html`<p class="small">${QUOTED.includes(it.type) ? it.message : here(said(it.message))}</p>` : null}
        <p class="small soft">${t(`news.${it.type}`)} · ${when(it.created_at)}${it.is_read ? null : html` · <b>${t("news.new")}</b>`}</p></div>
      <button class="button plain icon little" aria-label=${`${t("do.delete")}: ${said(it.title)}`} @click=${() => trying(() => remove(`/notifications/${it.id}/`))}>${icon("cross", true)}</button></li>`))}</ul>${pager(page, list)}` : empty(t("news.none"))}</div>`;
};
