// Writing a project.

import { html } from "../core/view.js";
import { get, patch, post, versionOf } from "../core/api.js";
import { form } from "../core/form.js";
import { go } from "../core/router.js";
import { t, word } from "../core/texts.js";
import { DIFFICULTIES } from "../parts/learn.js";
import { confirm, head, deleting } from "../parts/pieces.js";
import { area, faults, field, select, sender } from "../parts/fields.js";
import { imageField } from "../parts/image-field.js";
import { skillsField } from "../parts/skill-picker.js";

export default async (page) => {
  const { id } = page.params;
  const project = id ? await get(`/projects/${id}/`) : { required_skills: [], status: "inactive" };
  const chosen = [...project.required_skills];
  const it = form(page, `project-${id ?? "new"}`, async (values, key) => {
    const body = { ...values, required_skills: chosen.map((skill) => skill.name) };
    const saved = id ? await patch(`/projects/${id}/`, body, versionOf(project)) : await post("/projects/", body, key);
    await go(`/projects/${saved.id}`);
  });
  const bin = async () => {
    if (!(await confirm(t("project.delete-ask"), t("project.delete-what"), t("do.delete")))) return;
    await deleting(`/projects/${id}/`, "/projects", `/projects/${id}`);
  };
  const skills = skillsField(page, { id: "skills", label: t("project.skills"), chosen });
  return () => html`<div class="stack wide">${head(page, id ? project.title : t("project.new"), { back: [id ? `/projects/${id}` : "/projects", t("place.projects")], actions: id ? html`<button class="button danger" @click=${bin}>${t("do.delete")}</button>` : null })}
    <form class="card stack" novalidate @submit=${it.submit}>${faults(it)}${field(it, { name: "title", label: t("job.title"), value: project.title, max: 200, required: true })}
      ${area(it, { name: "description", label: t("job.description"), value: project.description, max: 10000, required: true })}
      ${area(it, { name: "requirements", label: t("project.requirements"), value: project.requirements, max: 10000, optional: true })}
      <div class="fields">${select(it, { name: "difficulty", label: t("learn.difficulty"), value: project.difficulty ?? "beginner", rows: DIFFICULTIES.map((d) => [d, word("difficulty", d)]) })}
        ${field(it, { name: "category", label: t("course.category"), value: project.category, max: 100, required: true })}
        ${field(it, { name: "estimated_hours", label: t("course.hours"), type: "number", least: 0.5, step: 0.5, value: project.estimated_hours, optional: true })}
        ${field(it, { name: "icon_emoji", label: t("project.icon"), value: project.icon_emoji, max: 10, optional: true })}
        ${select(it, { name: "status", label: t("offer.status"), value: project.status, rows: ["inactive", "active", "archived"].map((s) => [s, t(`offer.${s}`)]) })}</div>
      ${skills()}${sender(it, t("do.save"))}</form>
    ${id ? imageField(`/projects/${id}/thumbnail/`, project.thumbnail, t("image.project")) : null}</div>`;
};
