// What stands around every screen: places, search, bell, account.

import { html } from "../core/view.js";
import { LANGUAGES, chooseLanguage, language, t } from "../core/texts.js";
import { isAdmin, isModerator, session, store, stored } from "../core/session.js";
import { nameOf } from "../core/format.js";
import { go } from "../core/router.js";
import { avatar } from "./pieces.js";
import { icon } from "./icons.js";
import { bell } from "./bell.js";
import { signOut } from "./sign-out.js";
import { suggestions } from "./suggest.js";

const places = () => [
  ["/", "home", t("place.home")],
  session.user && ["/resume", "resume", t("place.resume")],
  ["/jobs", "jobs", t("place.jobs")],
  ["/learn", "learn", t("place.learn")],
  ["/projects", "projects", t("place.projects")],
  ["/community", "community", t("place.community")],
  ["/people", "people", t("place.people")],
  ["/mentors", "mentors", t("place.mentors")],
  (isAdmin() || isModerator()) && ["/admin", "admin", t("place.admin")],
].filter(Boolean);

const ALSO = { "/applications": "/jobs", "/resumes": "/resume", "/courses": "/learn", "/profile": "/people", "/teach": "/learn", "/notifications": "", "/settings": "", "/skills": "/people",
  "/leaderboard": "/people", "/achievements": "/people", "/figures": "/people", "/points": "/people", "/connections": "/people", "/mentoring": "/mentors", "/dashboard": "/", "/work": "/projects" };

function isOpen(href, path) {
  const first = `/${path.split("/")[1]}`;
  return href === (ALSO[first] ?? first);
}

const link = (path) => ([href, name, label]) => html`<a href=${href} aria-current=${isOpen(href, path) ? "page" : null}>${icon(name)}<span>${label}</span></a>`;

function chooseTheme(event) {
  const { value } = event.target;
  store("careerd.theme", value === "system" ? null : value);
  if (value === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = value;
}

const choices = () => html`<div class="menu-choices stack tight">
  <label>${t("shell.theme")} <select @change=${chooseTheme}>${["system", "light", "dark"].map((it) =>
    html`<option value=${it} ?selected=${(stored("careerd.theme") ?? "system") === it}>${t(`theme.${it}`)}</option>`)}</select></label>
  <label>${t("shell.language")} <select @change=${(event) => chooseLanguage(event.target.value)}>${Object.entries(LANGUAGES).map(([it, name]) =>
    html`<option value=${it} ?selected=${language === it}>${name}</option>`)}</select></label></div>`;

const hide = (event) => event.target.closest("a, button[data-closes]") && event.currentTarget.hidePopover();

function account() {
  const { user } = session;
  return html`<button type="button" class="button plain icon" popovertarget="account"><span class="hush">${t("shell.account")}</span><span aria-hidden="true">${user ? avatar(user) : icon("settings")}</span></button>
    <div id="account" popover class="menu" @click=${hide}>
      ${user && html`<p class="menu-name"><b>${nameOf(user)}</b><br><span class="soft small">${t("points", { n: user.points })}</span></p>
        <a href=${`/people/${user.id}`}>${icon("people")} ${t("shell.profile")}</a>
        <a href="/achievements">${icon("trophy")} ${t("achievements.title")}</a>
        <a href="/settings">${icon("settings")} ${t("shell.settings")}</a>
        <button type="button" data-closes @click=${signOut}>${icon("out")} ${t("shell.sign-out")}</button><hr>`}
      ${choices()}
    </div>`;
}

function search(event) {
  event.preventDefault();
  const q = event.target.elements.q.value.trim();
  if (q.length > 1) go(`/search?q=${encodeURIComponent(q)}`);
}

/** The frame around `content`. */
export function shell(page, content) {
  const { user } = session;
  const all = places();
  const bottom = user ? ["/", "/resume", "/jobs", "/learn"] : ["/", "/jobs", "/learn", "/community"];
  const bare = page.path === "/sign-in" || page.path === "/sign-up";
  return html`
    <a class="skip" href="#main" @click=${(event) => { event.preventDefault(); document.getElementById("main").focus(); }}>${t("shell.skip")}</a>
    <div class="loader" aria-hidden="true"></div>
    <header class="topbar">
      <a class="brand" href="/"><svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true"><rect width="32" height="32" rx="8"></rect><path d="M9 22V10m0 12h14M9 17h8M9 12h5m9 10V8"></path></svg><span>careerd</span></a>
      <form class="top-search" role="search" action="/search" @submit=${search}>
        <label class="hush" for="q">${t("shell.search")}</label>${icon("search")}
        <input id="q" name="q" type="search" placeholder=${t("shell.search-hint")} autocomplete="off" list="q-list" @input=${suggestions}>
        <datalist id="q-list"></datalist>
      </form>
      <div class="row top-own">
        ${user ? bell() : bare ? null : html`<a class="button little" href="/sign-in">${t("sign-in.do")}</a>`}
        ${account()}
      </div>
    </header>
    <nav class="side" aria-label=${t("shell.places")}>${all.map(link(page.path))}</nav>
    <main id="main" tabindex="-1">${content}</main>
    <nav class="bottom" aria-label=${t("shell.places-short")}>${all.filter(([href]) => bottom.includes(href)).map(link(page.path))}
      <button type="button" popovertarget="more">${icon("more")}<span>${t("shell.more")}</span></button>
      <div id="more" popover class="menu" @click=${hide}>${all.filter(([href]) => !bottom.includes(href)).map(link(page.path))}</div></nav>
    <div id="toasts" role="status" aria-live="polite"></div>
    <p id="said" class="hush" aria-live="polite"></p>`;
}
