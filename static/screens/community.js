// The feed: newest, trending, by tag.

import { html, keyed } from "../core/view.js";
import { get } from "../core/api.js";
import { session } from "../core/session.js";
import { t } from "../core/texts.js";
import { filterBar } from "../parts/filter-bar.js";
import { icon } from "../parts/icons.js";
import { postCard } from "../parts/posts.js";
import { empty, head, pager, tabs } from "../parts/pieces.js";

export default async (page) => {
  const q = page.query;
  const trending = q.has("trending");
  const tag = q.getAll("tag");
  const [list, tags] = await Promise.all([
    trending ? get("/community/posts/trending/").then((results) => ({ results, next: null, previous: null }))
      : get("/community/posts/", { search: q.get("search"), tag, author: q.get("author"), liked: q.get("liked"), ordering: q.get("ordering"), page: q.get("page") }),
    get("/community/tags/", { page_size: 15 }),
  ]);
  const cards = new Map(list.results.map((post) => [post.id, postCard(page, post)]));
  return () => html`<div class="stack wide">${head(page, t("place.community"), { actions: session.user ? html`<a class="button main" href="/community/new">${icon("edit", true)} ${t("post.new")}</a>` : null })}
    ${tabs(t("place.community"), [["/community", t("post.newest"), !trending && !q.has("liked")], ["/community?trending", t("post.trending"), trending], session.user && ["/community?liked=true", t("post.liked"), q.has("liked")]])}
    <div class="split"><div class="stack wide">${trending ? null : filterBar(page, { label: t("post.search"), choices: [["ordering", t("job.order"), [["", t("order.new")], ["-likes_count", t("order.likes")], ["-comments_count", t("order.comments")]]]],
        more: tag.length ? html`${tag.map((it) => html`<input type="hidden" name="tag" value=${it}>`)}<a class="chip below" href="/community">#${tag.join(" #")} ${icon("cross", true)}<span class="hush">${t("job.filter-off")}</span></a>` : null })}
      ${list.results.length ? html`<ul class="plainlist stack">${list.results.map((post) => keyed(post.id, html`<li class="card">${cards.get(post.id)()}</li>`))}</ul>${pager(page, list)}` : empty(t("post.none"), session.user ? html`<a class="button main" href="/community/new">${t("post.new")}</a>` : null)}</div>
      <aside class="card stack" aria-label=${t("post.tags")}><h2>${t("post.tags")}</h2>${tags.results.length ? html`<div class="chips">${tags.results.map((it) => html`<a class="chip" href=${`/community?tag=${encodeURIComponent(it.name)}`}>#${it.name} <span class="soft">${it.posts}</span></a>`)}</div>` : html`<p class="small soft">${t("post.no-tags")}</p>`}</aside></div></div>`;
};
