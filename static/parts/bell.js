// The bell: how many notifications are unread, told by the stream where there is one, else asked for now and then.

import { html } from "../core/view.js";
import { Failure, get, post } from "../core/api.js";
import { onSession, session } from "../core/session.js";
import { said, t } from "../core/texts.js";
import { icon } from "./icons.js";
import { toast } from "./pieces.js";

let unread = 0;
let redraw = () => {};
let stream = null;
let timer = null;
const listeners = new Set();

/** Calls `told` for each notification that arrives while the page is open; answers how to stop that. */
export function onNotification(told) {
  listeners.add(told);
  return () => listeners.delete(told);
}

export const setUnread = (count) => { if (count !== unread) { unread = count; redraw(); } };

/** Begins to listen; `draw` is called when the number changes. */
export function startBell(draw) {
  redraw = draw;
  onSession(() => session.user ? listen() : stop());
  if (session.user) listen();
}

function stop() {
  stream?.close();
  stream = null;
  clearInterval(timer);
  timer = null;
  unread = 0;
}

async function listen() {
  if (stream || timer) return;
  timer = setInterval(poll, 60_000);
  poll();
  connect();
}

async function poll() {
  if (!session.user || document.hidden || stream?.readyState === 1) return;
  try { setUnread((await get("/notifications/unread-count/")).unread); } catch (failure) { if (!(failure instanceof Failure)) throw failure; }
}

// A ticket opens the stream once; a lost stream needs another one.
async function connect() {
  let ticket;
  try { ({ ticket } = await post("/notifications/stream/ticket/")); } catch { return; }
  stream = new EventSource(`/api/notifications/stream/?ticket=${encodeURIComponent(ticket)}`);
  stream.addEventListener("unread", (event) => setUnread(JSON.parse(event.data).unread));
  stream.addEventListener("notification", (event) => {
    const told = JSON.parse(event.data);
    toast(said(told.title), "info");
    listeners.forEach((listener) => listener(told));
  });
  stream.addEventListener("error", () => {
    stream?.close();
    stream = null;
    if (session.user) setTimeout(connect, 15_000 + Math.random() * 15_000);
  });
}

export const bell = () => html`<a class="button plain icon bell" href="/notifications" aria-label=${t("bell.label", { n: unread })}>${icon("bell")}${
  unread ? html`<span class="badge" aria-hidden="true">${unread > 99 ? "99+" : unread}</span>` : null}</a>`;
