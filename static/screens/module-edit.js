// Writing a module.

import { html } from "../core/view.js";
import { get, patch, upload, versionOf } from "../core/api.js";
import { form } from "../core/form.js";
import { go } from "../core/router.js";
import { t, word } from "../core/texts.js";
import { KINDS } from "../parts/learn.js";
import { icon } from "../parts/icons.js";
import { head, toast, trying } from "../parts/pieces.js";
import { area, faults, field, select, sender } from "../parts/fields.js";

export default async (page) => {
  const { id, moduleid } = page.params;
  const module = await get(`/course-modules/${moduleid}/`);
  const it = form(page, `module-${moduleid}`, async (values) => {
    await patch(`/course-modules/${moduleid}/`, values, versionOf(module));
    toast(t("do.saved"));
    await go(`/courses/${id}/modules/${moduleid}`);
  });
  const send = (event) => {
    const body = new FormData();
    body.append("file", event.target.files[0]);
    return trying(() => upload(`/course-modules/${moduleid}/file/`, body, undefined, "PUT"), { done: t("do.saved") });
  };
  return () => html`<div class="stack wide">${head(page, module.title, { back: [`/courses/${id}/edit`, module.course.title] })}
    <form class="card stack" novalidate @submit=${it.submit}>${faults(it)}${field(it, { name: "title", label: t("job.title"), value: module.title, max: 200, required: true })}
      <div class="fields">${select(it, { name: "content_type", label: t("module.kind"), value: module.content_type, rows: Object.keys(KINDS).map((kind) => [kind, word("content", kind)]) })}
      ${field(it, { name: "duration_minutes", label: t("module.minutes"), type: "number", least: 0, most: 6000, value: module.duration_minutes })}</div>
      ${field(it, { name: "description", label: t("module.description"), value: module.description, max: 2000, optional: true })}
      ${field(it, { name: "video_url", label: t("module.video"), type: "url", value: module.video_url, optional: true })}
      ${area(it, { name: "content", label: t("module.content"), help: t("rich.help"), value: module.content, rows: 16, max: 100000, optional: true })}${sender(it, t("do.save"))}</form>
    <section class="card stack"><h2>${t("module.file")}</h2><div class="stack tight"><div><label class="button">${icon("upload", true)} <span>${t("drop.choose")}</span><input class="hush" type="file" @change=${send}></label></div><p class="small soft">${t("module.file-what")}</p></div></section></div>`;
};
