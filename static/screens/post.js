// One post with its comments; answering, liking, flagging without a reload.

import { html, keyed } from "../core/view.js";
import { get, patch, post as send, remove } from "../core/api.js";
import { form } from "../core/form.js";
import { isModerator, session } from "../core/session.js";
import { when } from "../core/format.js";
import { t } from "../core/texts.js";
import { confirm, head, note, person, toast, deleting, trying } from "../parts/pieces.js";
import { area, faults, sender } from "../parts/fields.js";
import { flagButton, likeButton, tagChips } from "../parts/posts.js";
import { rich } from "../parts/rich.js";

export default async (page) => {
  const { id } = page.params;
  const post = await get(`/community/posts/${id}/`);
  let comments = post.comments ?? [];
  let replying = null;
  let editing = null;
  const tools = new Map();
  const own = post.author?.id === session.user?.id && session.user;
  const like = likeButton(page, "posts", post);
  const flag = flagButton(page, "posts", post);
  const fresh = async () => {
    const all = [];
    for (let n = 1, more = true; more && n <= 5; n += 1) {
      const list = await get(`/community/posts/${id}/comments/`, { page_size: 100, page: n });
      all.push(...list.results);
      more = Boolean(list.next);
    }
    comments = all;
    page.update();
  };
  const answer = (parent) => form(page, `comment-${id}-${parent ?? "top"}`, async (values, key) => {
    await send(`/community/posts/${id}/comments/`, { ...values, ...(parent && { parent_id: parent }) }, key);
    replying = null;
    await fresh();
  });
  const top = answer(null);
  const toolsOf = (it) => {
    if (!tools.has(it.id) || tools.get(it.id).of !== it) tools.set(it.id, { of: it, like: likeButton(page, "comments", it), flag: flagButton(page, "comments", it), reply: answer(it.parent ?? it.id),
      edit: form(page, `comment-edit-${it.id}`, async (values) => { await patch(`/community/comments/${it.id}/`, values); editing = null; await fresh(); }) });
    return tools.get(it.id);
  };
  const drop = async (it) => { if (await confirm(t("comment.delete-ask"), t("comment.delete-what"), t("do.delete"))) { await trying(() => remove(`/community/comments/${it.id}/`), { again: false }); await fresh(); } };
  const bin = async () => {
    if (!(await confirm(t("post.delete-ask"), t("post.delete-what"), t("do.delete")))) return;
    await deleting(`/community/posts/${id}/`, "/community", `/community/${id}`);
  };
  const box = (it, label) => html`<form class="stack tight" novalidate @submit=${it.submit}>${faults(it)}${area(it, { name: "content", label, rows: 3, max: 5000, required: true })}<div>${sender(it, t("comment.send"), "main little")}</div></form>`;
  const comment = (it) => {
    const tool = toolsOf(it);
    const mine = session.user && it.author?.id === session.user.id;
    return html`<div class="stack tight">${person(it.author, html`${when(it.created_at)}${it.edited_at ? ` · ${t("post.edited")}` : ""}`)}
      ${it.is_deleted ? html`<p class="soft">${t("comment.deleted")}</p>` : editing === it.id ? html`<form class="stack tight" @submit=${tool.edit.submit}>${faults(tool.edit)}${area(tool.edit, { name: "content", label: t("comment.edit"), value: it.content, rows: 3, max: 5000 })}<div class="row">${sender(tool.edit, t("do.save"), "main little")}<button type="button" class="button little" @click=${() => { editing = null; page.update(); }}>${t("do.cancel")}</button></div></form>`
        : html`${it.is_hidden ? note("warn", t("post.hidden")) : null}${rich(it.content)}<div class="row">${tool.like()}${session.user ? html`<button type="button" class="button plain little" @click=${() => { replying = replying === it.id ? null : it.id; page.update(); }}>${t("comment.reply")}</button>` : null}
          ${mine ? html`<button type="button" class="button plain little" @click=${() => { editing = it.id; page.update(); }}>${t("do.edit")}</button><button type="button" class="button plain little" @click=${() => drop(it)}>${t("do.delete")}</button>` : null}${tool.flag()}</div>
          ${replying === it.id ? box(tool.reply, t("comment.your-reply")) : null}`}</div>`;
  };
  if (post.comments_count > comments.length) fresh().catch((failure) => toast(failure.message, "gap"));
  return () => {
    const first = comments.filter((it) => !it.parent);
    return html`<article class="stack wide">${head(page, post.title, { back: ["/community", t("place.community")], actions: html`${own ? html`<a class="button" href=${`/community/${id}/edit`}>${t("do.edit")}</a><button class="button danger" @click=${bin}>${t("do.delete")}</button>` : isModerator() ? html`<a class="button" href="/admin/moderation">${t("admin.moderation")}</a>` : null}` })}
      ${post.is_hidden ? note("warn", t("post.hidden")) : null}
      <div class="stack">${person(post.author, html`${when(post.created_at)}${post.edited_at ? ` · ${t("post.edited")}` : ""}`)}${rich(post.content)}${tagChips(post.tags)}<div class="row">${like()}${flag()}</div></div>
      <section class="stack" id="comments" aria-label=${t("comment.title")}><h2>${t("post.comments-n", { n: post.comments_count })}</h2>
        ${first.length ? html`<ul class="plainlist stack">${first.map((it) => keyed(it.id, html`<li class="card stack">${comment(it)}${comments.some((reply) => reply.parent === it.id) ? html`<ul class="plainlist stack replies">${comments.filter((reply) => reply.parent === it.id).map((reply) => keyed(reply.id, html`<li>${comment(reply)}</li>`))}</ul>` : null}</li>`))}</ul>` : html`<p class="soft">${t("comment.none")}</p>`}
        ${session.user ? html`<div class="card">${box(top, t("comment.yours"))}</div>` : html`<p><a href=${`/sign-in?next=/community/${id}`}>${t("comment.sign-in")}</a></p>`}</section></article>`;
  };
};
