// Everything that fits some words, by kind.

import { html, keyed } from "../core/view.js";
import { get } from "../core/api.js";
import { t } from "../core/texts.js";
import { icon } from "../parts/icons.js";
import { empty, head, note, pager, tabs } from "../parts/pieces.js";

const KINDS = ["jobs", "courses", "projects", "mentors", "posts", "users", "skills"];
const ICONS = { jobs: "jobs", courses: "learn", projects: "projects", mentors: "mentors", posts: "community", users: "people", skills: "star" };
const PAGES = { jobs: "/jobs/", courses: "/courses/", projects: "/projects/", mentors: "/mentors/", posts: "/community/", users: "/people/", skills: "/skills/" };

/** How many of each kind stand together. */
const EACH = 5;

// By kind, the kind with the best find first.
function groupsOf(results) {
  const groups = new Map();
  for (const it of results.sort((a, b) => b.score - a.score)) groups.set(it.type, [...(groups.get(it.type) ?? []), it]);
  return [...groups].map(([kind, rows]) => [kind, rows.slice(0, EACH)]);
}

// A snippet is escaped text with <mark>: its marks become elements, its entities letters, all else stays text.
export function snippet(text) {
  const plain = (part) => part.replace(/&(lt|gt|amp|quot|#39|#x27);/g, (_, name) => ({ lt: "<", gt: ">", amp: "&", quot: "\"" })[name] ?? "'");
  return text.split(/(<mark>.*?<\/mark>)/s).map((part) => part.startsWith("<mark>") ? html`<mark>${plain(part.slice(6, -7))}</mark>` : plain(part));
}

export default async (page) => {
  const q = (page.query.get("q") ?? "").trim();
  const type = page.query.get("type");
  // Without a kind, skills would hide all else: there are thousands of them, and their names are short.
  const [found, skills] = q.length < 2 ? [] : await Promise.all(type
    ? [get("/search/", { q, type, page: page.query.get("page") })]
    : [get("/search/", { q, type: KINDS.filter((kind) => kind !== "skills"), page_size: 60 }), get("/search/", { q, type: "skills", page_size: EACH })]);
  const to = (kind) => `/search?q=${encodeURIComponent(q)}${kind ? `&type=${kind}` : ""}`;
  const all = found ? Object.values(found.facets).reduce((sum, n) => sum + n, 0) : 0;
  const send = (event) => { event.preventDefault(); page.ask({ q: new FormData(event.target).get("q"), type: "" }); };
  const row = (it) => keyed(`${it.type}${it.id}`, html`<li><span class="soft">${icon(ICONS[it.type])}</span><div class="stack none"><h3 class="h4"><a class="quiet" href=${PAGES[it.type] + it.id}>${it.title}</a></h3><p class="small">${snippet(it.snippet)}</p></div></li>`);
  const list = (rows) => html`<ul class="plainlist lines card flush news">${rows.map(row)}</ul>`;
  const groups = found && !type ? groupsOf([...found.results, ...skills.results]) : [];
  return () => html`<div class="stack wide">${head(page, q ? t("search.for", { q }) : t("shell.search"))}
    <form class="card row" role="search" aria-label=${t("search.title")} @submit=${send}><div class="grow field"><label for="search-q">${t("search.words")}</label><input id="search-q" name="q" type="search" value=${q} maxlength="200"></div><button class="button main below">${t("shell.search")}</button></form>
    ${found ? html`${found.corrected ? note("info", t("search.corrected", { q: found.corrected })) : null}
      ${tabs(t("search.kinds"), [[to(""), t("search.all"), !type, all], ...KINDS.filter((kind) => found.facets[kind]).map((kind) => [to(kind), t(`kind.${kind}`), type === kind, found.facets[kind]])])}
      <p class="hush" role="status">${t("search.count", { n: type ? found.count ?? all : all })}</p>
      ${groups.map(([kind, rows]) => keyed(kind, html`<section class="stack"><div class="row between"><h2>${t(`kind.${kind}`)}</h2>${found.facets[kind] > rows.length ? html`<a href=${to(kind)}>${t("search.more", { n: found.facets[kind] })}</a>` : null}</div>${list(rows)}</section>`))}
      ${type && found.results.length ? html`<h2 class="hush">${t(`kind.${type}`)}</h2>${list(found.results)}${pager(page, found)}` : null}
      ${groups.length || (type && found.results.length) ? null : empty(t("search.none"))}` : html`<p class="soft">${t("search.hint")}</p>`}</div>`;
};
