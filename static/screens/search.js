// Everything that fits some words, by kind.

import { html, keyed } from "../core/view.js";
import { get } from "../core/api.js";
import { t } from "../core/texts.js";
import { icon } from "../parts/icons.js";
import { empty, head, note, pager, tabs } from "../parts/pieces.js";

const KINDS = ["jobs", "courses", "projects", "mentors", "posts", "users", "skills"];
const ICONS = { jobs: "jobs", courses: "learn", projects: "projects", mentors: "mentors", posts: "community", users: "people", skills: "star" };
const PAGES = { jobs: "/jobs/", courses: "/courses/", projects: "/projects/", mentors: "/mentors/", posts: "/community/", users: "/people/", skills: "/skills/" };

// A snippet is escaped text with <mark>: its marks become elements, its entities letters, all else stays text.
export function snippet(text) {
  const plain = (part) => part.replace(/&(lt|gt|amp|quot|#39|#x27);/g, (_, name) => ({ lt: "<", gt: ">", amp: "&", quot: "\"" })[name] ?? "'");
  return text.split(/(<mark>.*?<\/mark>)/s).map((part) => part.startsWith("<mark>") ? html`<mark>${plain(part.slice(6, -7))}</mark>` : plain(part));
}

export default async (page) => {
  const q = (page.query.get("q") ?? "").trim();
  const type = page.query.get("type");
  const found = q.length > 1 ? await get("/search/", { q, type, page: page.query.get("page") }) : null;
  const to = (kind) => `/search?q=${encodeURIComponent(q)}${kind ? `&type=${kind}` : ""}`;
  const all = found ? Object.values(found.facets).reduce((sum, n) => sum + n, 0) : 0;
  const send = (event) => { event.preventDefault(); page.ask({ q: new FormData(event.target).get("q"), type: "" }); };
  return () => html`<div class="stack wide">${head(page, q ? t("search.for", { q }) : t("shell.search"))}
    <form class="card row" role="search" aria-label=${t("search.title")} @submit=${send}><div class="grow field"><label for="search-q">${t("search.words")}</label><input id="search-q" name="q" type="search" value=${q} maxlength="200"></div><button class="button main below">${t("shell.search")}</button></form>
    ${found ? html`${found.corrected ? note("info", t("search.corrected", { q: found.corrected })) : null}
      ${tabs(t("search.kinds"), [[to(""), t("search.all"), !type, all], ...KINDS.filter((kind) => found.facets[kind]).map((kind) => [to(kind), t(`kind.${kind}`), type === kind, found.facets[kind]])])}
      <p class="hush" role="status">${t("search.count", { n: found.count ?? all })}</p>
      ${found.results.length ? html`<ul class="plainlist lines card flush news">${found.results.map((it) => keyed(`${it.type}${it.id}`, html`<li><span class="soft">${icon(ICONS[it.type])}</span><div class="stack none"><h2 class="h4"><a class="quiet" href=${PAGES[it.type] + it.id}>${it.title}</a></h2><p class="small">${snippet(it.snippet)}</p></div><span class="small soft">${t(`kind.${it.type}`)}</span></li>`))}</ul>${pager(page, found)}`
      : empty(t("search.none"))}` : html`<p class="soft">${t("search.hint")}</p>`}</div>`;
};
