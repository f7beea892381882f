// One module of a course: its content, done or not, the next.

import { html } from "../core/view.js";
import { download, get, post } from "../core/api.js";
import { go } from "../core/router.js";
import { isAdmin, session } from "../core/session.js";
import { t, word } from "../core/texts.js";
import { icon } from "../parts/icons.js";
import { bar, empty, head, toast, trying } from "../parts/pieces.js";
import { rich } from "../parts/rich.js";

export default async (page) => {
  const { id, moduleid } = page.params;
  const [course, module] = await Promise.all([get(`/courses/${id}/`), get(`/course-modules/${moduleid}/`)]);
  const mine = course.my_progress;
  const progress = mine ? await get(`/course-progress/${mine.id}/`) : null;
  const own = course.instructor?.id === session.user.id || isAdmin();
  const at = course.modules.findIndex((it) => it.id === module.id);
  const before = course.modules[at - 1];
  const after = course.modules[at + 1];
  const done = progress?.completed_module_ids.includes(module.id);
  const finish = async () => {
    const now = await trying(() => post(`/course-progress/${mine.id}/mark_module_complete/`, { module_id: module.id }), { again: false });
    if (!now) return;
    if (now.status === "completed") toast(t("course.complete"));
    await go(now.status === "completed" || !after ? `/courses/${id}` : `/courses/${id}/modules/${after.id}`);
  };
  const undo = () => trying(() => post(`/course-progress/${mine.id}/unmark_module_complete/`, { module_id: module.id }));
  const enrol = () => trying(() => post(`/courses/${id}/enroll/`), { done: t("course.enrolled") });
  const closed = module.content === null && !own && (!mine || mine.status === "dropped");
  return () => html`<article class="stack wide">${head(page, module.title, { back: [`/courses/${id}`, course.title], lead: `${word("content", module.content_type)} · ${t("course.module-of", { n: at + 1, all: course.modules.length })}`,
      actions: own ? html`<a class="button" href=${`/courses/${id}/modules/${moduleid}/edit`}>${t("do.edit")}</a>` : null })}
    ${mine ? bar(mine.progress_percentage, 100, t("course.progress")) : null}
    ${module.description ? html`<p class="lead">${module.description}</p>` : null}
    ${module.video_url ? html`<p><a class="button" href=${module.video_url} target="_blank" rel="noopener noreferrer">${icon("video")} ${t("module.watch")}</a></p>` : null}
    ${module.file ? html`<p><button class="button" @click=${() => trying(() => download(`/course-modules/${moduleid}/file/`, module.title), { again: false })}>${icon("download")} ${t("module.file")}</button></p>` : null}
    ${module.content ? html`<div class="card">${rich(module.content)}</div>` : closed ? empty(t("module.closed"), html`<button class="button main" @click=${enrol}>${mine ? t("course.again") : t("course.enrol")}</button>`) : null}
    <nav class="row between" aria-label=${t("course.modules")}>${before ? html`<a class="button" href=${`/courses/${id}/modules/${before.id}`}>${icon("back", true)} ${t("module.previous")}</a>` : html`<span></span>`}
      ${progress && mine.status !== "dropped" ? (done ? html`<span class="row"><span class="good-ink row">${icon("check", true)} ${t("course.is-done")}</span>${mine.status !== "completed" ? html`<button class="button plain" @click=${undo}>${t("do.undo")}</button>` : null}
        ${after ? html`<a class="button main" href=${`/courses/${id}/modules/${after.id}`}>${t("module.next")}</a>` : null}</span>` : html`<button class="button main" @click=${finish}>${t("module.done")}</button>`)
      : after ? html`<a class="button" href=${`/courses/${id}/modules/${after.id}`}>${t("module.next")}</a>` : null}</nav></article>`;
};
