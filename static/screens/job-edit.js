// Writing a posting; the skills that its text asks for are suggested.

import { html } from "../core/view.js";
import { get, patch, post, versionOf } from "../core/api.js";
import { form } from "../core/form.js";
import { go } from "../core/router.js";
import { t, word } from "../core/texts.js";
import { sure } from "../parts/evidence.js";
import { chip, head, trying } from "../parts/pieces.js";
import { area, faults, field, select, sender, tick } from "../parts/fields.js";
import { imageField } from "../parts/image-field.js";
import { skillsField } from "../parts/skill-picker.js";

const TYPES = ["full-time", "part-time", "contract", "internship", "freelance"];
const LEVELS = ["entry", "junior", "mid", "senior"];

export default async (page) => {
  const { id } = page.params;
  const job = id ? await get(`/jobs/${id}/`) : { required_skills: [], nice_to_have_skills: [], salary_currency: "USD", is_remote: false };
  const must = [...job.required_skills];
  const nice = [...job.nice_to_have_skills];
  let found = null;
  const it = form(page, `job-${id ?? "new"}`, async (values, key) => {
    const body = { ...values, required_skills: must.map((skill) => skill.name), nice_to_have_skills: nice.map((skill) => skill.name) };
    const saved = id ? await patch(`/jobs/${id}/`, body, versionOf(job)) : await post("/jobs/", body, key);
    await go(`/jobs/${saved.id}`);
  });
  const suggest = async (event) => {
    const { title, description } = event.target.form.elements;
    found = await trying(() => post("/jobs/suggest-skills/", { title: title.value, description: description.value }), { again: false });
    page.update();
  };
  const has = (name) => [...must, ...nice].some((skill) => skill.name === name);
  const offer = (names, to) => Object.keys(names).filter((name) => !has(name)).map((name) => chip(name, "suggested", { title: sure(names[name]), onclick: () => { to.push({ id: name, name }); page.update(); } }));
  const mustField = skillsField(page, { id: "must", label: t("job.must"), chosen: must });
  const niceField = skillsField(page, { id: "nice", label: t("job.nice"), chosen: nice });
  return () => html`<div class="stack wide">${head(page, id ? t("job.edit") : t("job.post"), { back: [id ? `/jobs/${id}` : "/jobs/mine", id ? job.title : t("job.mine")] })}
    <form class="card stack" novalidate @submit=${it.submit}>${faults(it)}
      ${field(it, { name: "title", label: t("job.title"), value: job.title, max: 200, required: true })}
      <div class="fields">${field(it, { name: "company_name", label: t("job.company"), value: job.company_name, max: 200, required: true })}
        ${field(it, { name: "location", label: t("job.location"), value: job.location, max: 200, required: true })}</div>
      ${tick(it, { name: "is_remote", label: t("job.is-remote"), value: job.is_remote })}
      ${area(it, { name: "description", label: t("job.description"), value: job.description, rows: 12, max: 20000, required: true })}
      <div class="row"><button type="button" class="button" @click=${suggest}>${t("job.suggest")}</button><span class="small soft">${t("job.suggest-what")}</span></div>
      ${found ? html`<div class="well stack tight" role="status"><p class="small">${t("job.suggested")}</p><div class="chips">${offer(found.required, must)}${offer(found.nice_to_have, nice)}</div></div>` : null}
      ${mustField()}${niceField()}
      <div class="fields">${select(it, { name: "job_type", label: t("job.type"), value: job.job_type ?? "full-time", rows: TYPES.map((type) => [type, word("job_type", type)]) })}
        ${select(it, { name: "experience_level", label: t("job.level"), value: job.experience_level ?? "", rows: [["", t("form.any")], ...LEVELS.map((level) => [level, word("experience", level)])] })}</div>
      <div class="fields">${field(it, { name: "salary_min", label: t("job.salary-least"), type: "number", value: job.salary_min, least: 0, optional: true })}
        ${field(it, { name: "salary_max", label: t("job.salary-most"), type: "number", value: job.salary_max, least: 0, optional: true })}
        ${field(it, { name: "salary_currency", label: t("job.currency"), value: job.salary_currency, max: 3 })}</div>
      <div class="fields">${field(it, { name: "deadline", label: t("job.deadline"), type: "date", kind: "date", value: job.deadline?.slice(0, 10), optional: true })}
        ${field(it, { name: "application_url", label: t("job.url"), type: "url", value: job.application_url, optional: true })}</div>
      ${sender(it, id ? t("do.save") : t("job.publish"))}</form>
    ${id ? imageField(`/jobs/${id}/company-logo/`, job.company_logo, t("image.logo")) : null}</div>`;
};
