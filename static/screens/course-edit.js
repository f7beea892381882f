// Writing a course and putting its modules in order.

import { html, keyed } from "../core/view.js";
import { get, patch, post, remove, versionOf } from "../core/api.js";
import { form } from "../core/form.js";
import { go, reload } from "../core/router.js";
import { t, word } from "../core/texts.js";
import { icon } from "../parts/icons.js";
import { DIFFICULTIES, KINDS } from "../parts/learn.js";
import { confirm, head, toast, deleting, trying } from "../parts/pieces.js";
import { area, faults, field, select, sender } from "../parts/fields.js";
import { imageField } from "../parts/image-field.js";
import { skillsField } from "../parts/skill-picker.js";

export default async (page) => {
  const { id } = page.params;
  const course = id ? await get(`/courses/${id}/`) : { required_skills: [], taught_skills: [], modules: [], status: "inactive" };
  const taught = [...course.taught_skills];
  const known = [...course.required_skills];
  const it = form(page, `course-${id ?? "new"}`, async (values, key) => {
    const body = { ...values, taught_skills: taught.map((skill) => skill.name), required_skills: known.map((skill) => skill.name) };
    const saved = id ? await patch(`/courses/${id}/`, body, versionOf(course)) : await post("/courses/", body, key);
    toast(t("do.saved"));
    await (id ? reload() : go(`/courses/${saved.id}/edit`));
  });
  const add = form(page, `module-new-${id}`, async (values, key) => { await post(`/courses/${id}/modules/`, values, key); await reload(); });
  const move = (at, by) => {
    const ids = course.modules.map((module) => module.id);
    [ids[at], ids[at + by]] = [ids[at + by], ids[at]];
    return trying(() => post(`/courses/${id}/modules/reorder/`, { ids }));
  };
  const drop = async (module) => { if (await confirm(t("module.delete-ask", { title: module.title }), t("module.delete-what"), t("do.delete"))) await trying(() => remove(`/course-modules/${module.id}/`)); };
  const bin = async () => {
    if (!(await confirm(t("course.delete-ask"), t("course.delete-what"), t("do.delete")))) return;
    await deleting(`/courses/${id}/`, "/teach", `/courses/${id}/edit`);
  };
  const taughtField = skillsField(page, { id: "taught", label: t("course.teaches"), chosen: taught });
  const knownField = skillsField(page, { id: "known", label: t("course.before"), chosen: known });
  return () => html`<div class="stack wide">${head(page, id ? course.title : t("teach.new"), { back: [id ? `/courses/${id}` : "/teach", id ? t("course.page") : t("teach.title")], actions: id ? html`<button class="button danger" @click=${bin}>${t("do.delete")}</button>` : null })}
    <form class="card stack" novalidate @submit=${it.submit}>${faults(it)}
      ${field(it, { name: "title", label: t("job.title"), value: course.title, max: 200, required: true })}
      ${area(it, { name: "description", label: t("job.description"), value: course.description, rows: 6, max: 10000, required: true })}
      <div class="fields">${select(it, { name: "difficulty", label: t("learn.difficulty"), value: course.difficulty ?? "beginner", rows: DIFFICULTIES.map((d) => [d, word("difficulty", d)]) })}
        ${field(it, { name: "category", label: t("course.category"), value: course.category, max: 100, required: true })}
        ${field(it, { name: "duration_hours", label: t("course.hours"), type: "number", least: 0.5, step: 0.5, value: course.duration_hours, required: true })}
        ${select(it, { name: "status", label: t("offer.status"), value: course.status, rows: ["inactive", "active", "archived"].map((s) => [s, t(`offer.${s}`)]) })}</div>
      ${taughtField()}${knownField()}${sender(it, t("do.save"))}</form>
    ${id ? imageField(`/courses/${id}/thumbnail/`, course.thumbnail, t("image.course")) : null}
    ${id ? html`<section class="stack"><h2>${t("course.modules")}</h2>
      ${course.modules.length ? html`<ol class="plainlist lines card flush">${course.modules.map((module, at) => keyed(module.id, html`<li class="row between"><span class="row grow">${icon(KINDS[module.content_type])}<a class="quiet" href=${`/courses/${id}/modules/${module.id}/edit`}>${module.title}</a></span>
        <span class="row"><button class="button plain icon" ?disabled=${at === 0} aria-label=${t("module.up", { title: module.title })} @click=${() => move(at, -1)}>${icon("up")}</button><button class="button plain icon" ?disabled=${at === course.modules.length - 1} aria-label=${t("module.down", { title: module.title })} @click=${() => move(at, 1)}>${icon("down")}</button>
        <button class="button plain icon" aria-label=${t("module.delete-ask", { title: module.title })} @click=${() => drop(module)}>${icon("bin")}</button></span></li>`))}</ol>` : null}
      <form class="card row" @submit=${add.submit}>${faults(add)}<div class="grow">${field(add, { name: "title", label: t("module.new"), max: 200, required: true })}</div>
        ${select(add, { name: "content_type", label: t("module.kind"), value: "text", rows: Object.keys(KINDS).map((kind) => [kind, word("content", kind)]) })}${field(add, { name: "video_url", label: t("module.video-if"), type: "url" })}${sender(add, t("module.add"), "below")}</form></section>` : null}</div>`;
};
