// Addresses and screens: a screen is a module that loads its data and answers a view.

import { Failure } from "./api.js";
import { session } from "./session.js";
import { failed } from "../screens/failed.js";

const RELOADED = "careerd.reloaded";
let table = [];
let current = null;
let turn = 0;
let show = () => {};

/** Starts with these rows of [pattern, module, who], shown by `how(page, view)`. */
export function startRouter(rows, how) {
  table = rows.map(([pattern, load, who]) => ({ parts: pattern.split("/").filter(Boolean), load, who }));
  show = how;
  history.scrollRestoration = "manual";
  document.addEventListener("click", followLink);
  for (const kind of ["pointerover", "focusin"]) document.addEventListener(kind, fetchAhead);
  window.addEventListener("popstate", (event) => open(event.state?.scroll ?? 0));
  return open(0);
}

/** Goes to an address of the application. */
export function go(address, { replace = false } = {}) {
  history.replaceState({ ...history.state, scroll: scrollY }, "");
  history[replace ? "replaceState" : "pushState"]({ scroll: 0 }, "", address);
  // What replaces an address, such as a filter, stays where the reader is.
  return open(replace ? null : 0);
}

/** Loads the present address anew, without moving. */
export const reload = () => open(scrollY, false);

// The link to a screen that something happens on.
function linkOf(event) {
  const link = event.target.closest?.("a[href]");
  const elsewhere = !link || link.target || link.hasAttribute("download") || link.origin !== location.origin;
  return elsewhere || /^\/(api|media|assets|health)(\/|$)/.test(link.pathname) ? null : link;
}

// What is pointed at or touched is probably opened next: its module is on its way before the click.
function fetchAhead(event) {
  const link = linkOf(event);
  if (link) find(link.pathname)?.row.load().catch(() => null);
}

function followLink(event) {
  const link = linkOf(event);
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  if (link.hash && link.pathname === location.pathname && link.search === location.search) return;
  event.preventDefault();
  go(link.pathname + link.search + link.hash);
}

function find(path) {
  const asked = path.split("/").filter(Boolean).map((it) => { try { return decodeURIComponent(it); } catch { return it; } });
  for (const row of table) {
    const rest = row.parts.at(-1) === "*";
    if (rest ? asked.length < row.parts.length - 1 : asked.length !== row.parts.length) continue;
    const params = {};
    const fits = row.parts.every((part, at) => {
      if (part === "*") return true;
      if (part[0] !== ":") return part === asked[at];
      params[part.slice(1)] = asked[at];
      // What is called an id is a number or `me`.
      return !part.endsWith("id") || /^(\d+|me)$/.test(asked[at]);
    });
    if (fits) return { row, params };
  }
  return null;
}

class Page {
  constructor(params, before) {
    this.params = params;
    this.path = location.pathname;
    /** What is told only once: it stays until this screen is left, however often it is loaded anew. */
    this.once = before?.path === this.path ? before.once : {};
    this.query = new URLSearchParams(location.search);
    this.title = "";
    this.leaving = [];
  }

  /** Shows what the view says now. */
  update = () => { if (current === this) show(this, this.view()); };

  /** Keeps something for when this screen is left. */
  onLeave(then) { this.leaving.push(then); }

  leave() { this.leaving.forEach((then) => then()); }

  /** Does `then` again and again while this screen is looked at; a call that fails is made again the next time. */
  every(ms, then) {
    const once = () => Promise.resolve(then()).catch((failure) => { if (!(failure instanceof Failure)) throw failure; });
    const timer = setInterval(() => document.hidden || once(), ms);
    this.onLeave(() => clearInterval(timer));
  }

  /** Changes the address's query and loads the screen by it. */
  ask(values) {
    const next = new URLSearchParams(this.query);
    next.delete("page");
    next.delete("cursor");
    for (const [name, value] of Object.entries(values)) {
      next.delete(name);
      for (const it of [value].flat()) if (it !== "" && it !== null && it !== undefined && it !== false) next.append(name, it);
    }
    const text = String(next);
    return go(this.path + (text ? `?${text}` : ""), { replace: true });
  }
}

async function open(scroll, moves = true) {
  const mine = ++turn;
  const found = find(location.pathname);
  const page = new Page(found?.params ?? {}, current);
  // A screen that was left before it came is not waited for any more.
  const slow = setTimeout(() => { if (mine === turn) document.documentElement.classList.add("loading"); }, 120);
  let view;
  try {
    const { row } = found ?? {};
    if (row?.who === "in" && !session.user) {
      clearTimeout(slow);
      return go(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`, { replace: true });
    }
    const load = row?.load ?? (() => import("../screens/missing.js"));
    view = await (await load()).default(page);
  } catch (failure) {
    if (mine !== turn) return page.leave();
    if (failure instanceof TypeError && /import|module/i.test(failure.message)) {
      // Either there is no connection, or another version of the program runs now: its modules come with its page.
      const answers = await fetch(location.href).then((it) => it.ok, () => false);
      if (answers && !sessionStorage.getItem(RELOADED)) {
        sessionStorage.setItem(RELOADED, "yes");
        return location.reload();
      }
      view = failed(page, new Failure(0));
    } else {
      if (!(failure instanceof Failure)) console.error(failure);
      view = failed(page, failure);
    }
  } finally {
    clearTimeout(slow);
    if (mine === turn) document.documentElement.classList.remove("loading");
  }
  if (mine !== turn || !view) return page.leave();
  const before = current;
  before?.leave();
  page.view = view;
  current = page;
  show(page, view(), before);
  sessionStorage.removeItem(RELOADED);
  if (moves && before && (scroll !== null || before.path !== page.path)) document.querySelector("main h1")?.focus({ preventScroll: true });
  if (location.hash.length > 1) document.getElementById(location.hash.slice(1))?.scrollIntoView();
  else if (scroll !== null || before?.path !== page.path) scrollTo({ top: scroll ?? 0, behavior: "instant" });
}
