// Posts and what one can do with them: liking without a reload, flagging.

import { html } from "../core/view.js";
import { post as send } from "../core/api.js";
import { form } from "../core/form.js";
import { session } from "../core/session.js";
import { when } from "../core/format.js";
import { t } from "../core/texts.js";
import { icon } from "./icons.js";
import { person, sheet, toast } from "./pieces.js";
import { area, faults, select, sender } from "./fields.js";
import { inline } from "./rich.js";

/** The like of a post or comment: `kind` is posts or comments. */
export function likeButton(page, kind, thing) {
  const toggle = async () => {
    const wants = !thing.liked;
    Object.assign(thing, { liked: wants, likes_count: thing.likes_count + (wants ? 1 : -1) });
    page.update();
    try {
      thing.likes_count = (await send(`/community/${kind}/${thing.id}/${wants ? "like" : "unlike"}/`)).likes_count;
    } catch (failure) {
      Object.assign(thing, { liked: !wants, likes_count: thing.likes_count + (wants ? -1 : 1) });
      toast(failure.message, "gap");
    }
    page.update();
  };
  return () => session.user
    ? html`<button type="button" class=${thing.liked ? "button plain little accent-ink" : "button plain little"} aria-pressed=${String(Boolean(thing.liked))} aria-label=${t("post.like-n", { n: thing.likes_count })} @click=${toggle}>${icon("heart", true)} ${thing.likes_count}</button>`
    : html`<span class="row small soft">${icon("heart", true)} ${thing.likes_count}</span>`;
}

/** Telling moderators about a post or comment. */
export function flagButton(page, kind, thing) {
  let open = false;
  const it = form(page, `flag-${kind}-${thing.id}`, async (values) => { await send(`/community/${kind}/${thing.id}/flag/`, values); open = false; toast(t("flag.sent")); });
  return () => session.user && thing.author?.id !== session.user.id ? html`<button type="button" class="button plain little" aria-label=${t("flag.do")} title=${t("flag.do")} @click=${() => { open = true; page.update(); }}>${icon("flag", true)}</button>
    ${open ? sheet(t("flag.do"), () => { open = false; page.update(); }, html`<form class="stack" novalidate @submit=${it.submit}>${faults(it)}${select(it, { name: "reason", label: t("flag.reason"), value: "spam", rows: ["spam", "abuse", "off-topic", "other"].map((r) => [r, t(`flag.${r}`)]) })}
      ${area(it, { name: "note", label: t("flag.note"), rows: 3, max: 500, optional: true })}${sender(it, t("flag.do"))}</form>`) : null}` : null;
}

export const tagChips = (tags) => tags.length ? html`<div class="chips">${tags.map((it) => html`<a class="chip" href=${`/community?tag=${encodeURIComponent(it)}`}>#${it}</a>`)}</div>` : null;

/** A post in the feed. */
export function postCard(page, post) {
  const like = likeButton(page, "posts", post);
  return () => html`<article class="stack"><div class="row between">${person(post.author)}<span class="small soft">${when(post.created_at)}${post.edited_at ? ` · ${t("post.edited")}` : ""}</span></div>
    <div class="stack tight"><h2><a class="quiet" href=${`/community/${post.id}`}>${post.title}</a></h2><p class="clamp">${inline(post.content.slice(0, 400).replace(/\s+/g, " "))}</p></div>
    ${tagChips(post.tags)}<div class="row">${like()}<a class="button plain little" href=${`/community/${post.id}#comments`} aria-label=${t("post.comments-n", { n: post.comments_count })}>${icon("comment", true)} ${post.comments_count}</a></div></article>`;
}
