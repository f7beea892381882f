// Small pieces that every screen uses.

import { html, keyed, svg } from "../core/view.js";
import { t, word } from "../core/texts.js";
import { nameOf } from "../core/format.js";
import { icon } from "./icons.js";
import { post } from "../core/api.js";
import { go, reload } from "../core/router.js";

/** The head of a screen: its title, a sentence, what can be done. */
export function head(page, title, { lead, actions, back } = {}) {
  page.title = title;
  return html`<header class="head">
    ${back && html`<a class="back" href=${back[0]}>${icon("back", true)} ${back[1]}</a>`}
    <div class="row between top">
      <div class="grow stack tight"><h1 tabindex="-1">${title}</h1>${lead && html`<p class="lead">${lead}</p>`}</div>
      ${actions && html`<div class="row actions">${actions}</div>`}
    </div>
  </header>`;
}

/** The picture of a person, or their initials. */
export function avatar(user, size = "") {
  const initials = [user?.first_name, user?.last_name].map((it) => [...(it ?? "")][0] ?? "").join("") || [...(user?.username ?? "–")][0];
  return user?.profile_picture
    ? html`<img class=${`avatar ${size}`} src=${user.profile_picture} alt="" width="40" height="40" loading="lazy">`
    : html`<span class=${`avatar ${size}`} aria-hidden="true">${initials.toUpperCase()}</span>`;
}

/** A person in one line. */
export const person = (user, under) => html`<span class="person">${avatar(user)}
  <span class="stack none">${user ? html`<a class="quiet" href=${`/people/${user.id}`}>${nameOf(user)}</a>` : html`<span>${nameOf(user)}</span>`}
  <span class="small soft">${under ?? user?.title ?? ""}</span></span></span>`;

/** One sentence what will be here, and one action. */
export const empty = (sentence, action) => html`<div class="empty"><p>${sentence}</p>${action}</div>`;

/** A sentence about something that matters: `kind` is info, good, warn or gap. */
export const note = (kind, content) => html`<div class=${`note ${kind}`} role=${kind === "gap" ? "alert" : null}>
  ${icon(kind === "good" ? "check" : kind === "info" ? "info" : "warn")}<div class="grow">${content}</div></div>`;

/** A whole number of 100 as a ring. */
export function ring(value, label = t("match.label")) {
  const n = Math.round(value ?? 0);
  return html`<svg class="ring" viewBox="0 0 44 44" width="44" height="44" role="img" aria-label=${`${label}: ${n}\u00a0%`}>
    <circle cx="22" cy="22" r="19" class="ring-back"></circle>
    <circle cx="22" cy="22" r="19" class="ring-part" pathLength="100" stroke-dasharray=${`${n} 100`} transform="rotate(-90 22 22)"></circle>
    <text x="22" y="26.5" text-anchor="middle">${n}</text></svg>`;
}

/** Progress of `value` out of `most`, with words beside it. */
export const bar = (value, most, label) => html`<div class="bar" role="progressbar" aria-label=${label} aria-valuemin="0"
  aria-valuemax=${most} aria-valuenow=${Math.round(value)}><span .scale=${most ? Math.min(1, value / most) : 0}></span></div>`;

/** A sum and what it is made of: rows of [key, label, value, most, why]. They visibly sum to the total. */
export function terms(rows, total, label) {
  const all = rows.reduce((sum, [, , , most]) => sum + most, 0) || 1;
  return html`<div class="terms">
    <svg class="terms-bar" viewBox="0 0 100 8" preserveAspectRatio="none" role="img"
      aria-label=${`${label}: ${rows.map(([, name, value, most]) => `${name} ${value}/${most}`).join(", ")}`}>
      <rect class="terms-back" width="100" height="8"></rect>
      ${rows.map(([key, , value], at) => bit(key, rows.slice(0, at).reduce((sum, row) => sum + row[2], 0) / all * 100, value / all * 100))}
    </svg>
    <ul class="plainlist terms-list">${rows.map(([key, name, value, most, why]) => keyed(key, why
      ? html`<li><details><summary><span class=${`dot of-${key}`}></span><span class="grow">${name}</span> <span><b>${value}</b><span class="soft">/${most}</span></span></summary><p class="small soft">${why}</p></details></li>`
      : html`<li class="row"><span class=${`dot of-${key}`}></span><span class="grow">${name}</span> <span><b>${value}</b><span class="soft">/${most}</span></span></li>`))}
      ${total !== undefined && html`<li class="row sum"><span class="grow">${label}</span> <span><b>${total}</b><span class="soft">/100</span></span></li>`}
    </ul></div>`;
}

const bit = (key, x, width) => svg`<rect class=${`fill-${key}`} x=${x.toFixed(2)} width=${width.toFixed(2)} height="8"></rect>`;

/** A skill as a chip: held, missing, suggested or plain. */
export function chip(name, kind = "", { href, onclick, level, title, pressed } = {}) {
  const mark = { held: "check", missing: "cross", suggested: "plus" }[kind];
  const inside = html`${mark && icon(mark, true)}<span>${name}</span>${level && dots(level)}
    ${mark && html` <span class="hush">${t(`chip.${kind}`)}</span>`}`;
  const look = `chip ${kind}`;
  if (href) return html`<a class=${look} href=${href} title=${title}>${inside}</a>`;
  if (onclick) return html`<button type="button" class=${look} title=${title} aria-pressed=${pressed === undefined ? null : String(pressed)} @click=${onclick}>${inside}</button>`;
  return html`<span class=${look} title=${title}>${inside}</span>`;
}

export const LEVELS = ["beginner", "intermediate", "advanced", "expert"];

function dots(level) {
  const n = LEVELS.indexOf(level) + 1;
  return html`<span class="dots" role="img" aria-label=${word("level", level)}>${[1, 2, 3, 4].map((at) => html`<i class=${at <= n ? "on" : ""}></i>`)}</span>`;
}

/** Leads through the pages of a list. */
export function pager(page, list) {
  if (!list.next && !list.previous) return null;
  const to = (link, label, name) => {
    if (!link) return html`<span></span>`;
    const asked = new URL(link, location.origin).searchParams;
    const next = new URLSearchParams(page.query);
    for (const key of ["page", "cursor"]) {
      next.delete(key);
      if (asked.has(key)) next.set(key, asked.get(key));
    }
    return html`<a class="button" href=${`${page.path}?${next}`} rel=${name}>${label}</a>`;
  };
  const at = Number(page.query.get("page") ?? 1);
  return html`<nav class="row between pager" aria-label=${t("list.pages")}>${to(list.previous, t("list.previous"), "prev")}
    <span class="soft small">${list.count !== null && t("list.page", { page: at, count: list.count })}</span>${to(list.next, t("list.next"), "next")}</nav>`;
}

// Where tabs do not fit, the open one is scrolled to.
const toOpen = (node) => {
  const open = node.querySelector("[aria-current]");
  if (open) node.scrollLeft = open.offsetLeft - node.offsetLeft - (node.clientWidth - open.offsetWidth) / 2;
};

/** Tabs as links, so that the address says which one is open: rows of [href, label, is open, count]. */
export const tabs = (label, rows) => html`<nav class=${rows.length > 8 ? "tabs many" : "tabs"} aria-label=${label} .ref=${toOpen}>${rows.filter(Boolean).map(([href, name, open, count]) =>
  html`<a href=${href} aria-current=${open ? "page" : null}>${name}${count ? html` <span class="count">${count}</span>` : null}</a>`)}</nav>`;

/** Says something in passing, for eyes and for screen readers. */
export function toast(text, kind = "good", undo) {
  const place = document.getElementById("toasts");
  const item = document.createElement("p");
  item.className = `toast ${kind}`;
  item.textContent = text;
  if (undo) {
    const button = Object.assign(document.createElement("button"), { className: "link", textContent: t("do.undo"), type: "button" });
    button.addEventListener("click", () => { item.remove(); undo(); });
    item.append(" ", button);
  }
  // The same words once, and no pile of them.
  const others = [...place?.children ?? []].filter((it) => !it.querySelector("button"));
  for (const other of [...others.filter((it) => it.textContent === text), ...others.slice(0, -2)]) other.remove();
  place?.append(item);
  setTimeout(() => item.remove(), undo ? 15_000 : kind === "gap" ? 12_000 : 6000);
}

/** Does something that may fail, and says so kindly when it does. */
export async function trying(work, { done, again = true } = {}) {
  try {
    const answer = await work();
    if (done) toast(done);
    if (again) await reload();
    return answer;
  } catch (failure) {
    if (!failure.status && failure.status !== 0) throw failure;
    toast(failure.message, "gap");
    return undefined;
  }
}

/** Deletes a thing that can be restored, goes on to `next`, and offers to take it back. */
export async function deleting(path, next, back) {
  if ((await trying(() => post(`${path}soft_delete/`), { again: false })) === undefined) return;
  await go(next);
  toast(t("do.deleted"), "good", () => trying(async () => { await post(`${path}restore/`); await go(back); }, { again: false, done: t("do.restored") }));
}

/** Asks before something is done that cannot easily be undone; resolves to whether to do it. */
export function confirm(title, text, button, kind = "danger") {
  return new Promise((resolve) => {
    const dialog = document.createElement("dialog");
    const make = (tag, className, content) => Object.assign(document.createElement(tag), { className, textContent: content });
    const form = Object.assign(document.createElement("form"), { method: "dialog", className: "stack" });
    const row = make("div", "row", "");
    const yes = Object.assign(make("button", `button ${kind}`, button), { value: "yes" });
    const no = Object.assign(make("button", "button", t("do.not")), { value: "no", autofocus: true });
    row.append(yes, no);
    const heading = make("h2", "", title);
    heading.id = "dialog-title";
    dialog.setAttribute("aria-labelledby", heading.id);
    form.append(heading, make("p", "", text), row);
    dialog.append(form);
    document.body.append(dialog);
    dialog.addEventListener("close", () => { dialog.remove(); resolve(dialog.returnValue === "yes"); });
    dialog.showModal();
  });
}

/**
 * A dialog that the view opens: `page.dialog = …` shows it, closing clears it. The browser tells of a closed dialog
 * only later, when it may have been opened anew, so what closes it says so at once, and what is gone says nothing more.
 */
export function sheet(title, onclose, content) {
  const shut = (event) => {
    event.preventDefault();
    event.target.closest("dialog").close();
    onclose();
  };
  return html`<dialog class="sheet" aria-label=${title} .ref=${(node) => node.isConnected && !node.open && node.showModal()}
  @cancel=${shut} @close=${(event) => event.target.isConnected && onclose()}><div class="stack"><div class="row between top"><h2>${title}</h2>
  <button type="button" class="button plain icon little" aria-label=${t("do.close")} @click=${shut}>${icon("cross")}</button></div>${content}</div></dialog>`;
}
