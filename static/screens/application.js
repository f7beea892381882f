// One application: where it stands, what was sent, its history. Its poster can move it on.

import { html } from "../core/view.js";
import { download, get, patch, post } from "../core/api.js";
import { form } from "../core/form.js";
import { reload } from "../core/router.js";
import { session } from "../core/session.js";
import { nameOf, when } from "../core/format.js";
import { t } from "../core/texts.js";
import { confirm, head, person, ring, toast, trying } from "../parts/pieces.js";
import { area, faults, sender } from "../parts/fields.js";
import { moveForm } from "../parts/move.js";

export default async (page) => {
  const it = await get(`/job-applications/${page.params.id}/`);
  const mine = (it.user?.id ?? it.user) === session.user.id;
  const history = it.history ?? [];
  const job = it.job?.id ?? it.job;
  const letter = form(page, `letter-${it.id}`, async (values) => { await patch(`/job-applications/${it.id}/`, values); toast(t("do.saved")); await reload(); });
  const withdraw = async () => {
    if (await confirm(t("applications.withdraw-ask"), t("applications.withdraw-what"), t("applications.withdraw"))) await trying(() => post(`/job-applications/${it.id}/withdraw/`), { done: t("status.withdrawn") });
  };
  const move = mine ? null : moveForm(page, it);
  return () => html`<div class="stack wide">${head(page, it.job_title, { back: mine ? ["/applications", t("applications.title")] : [`/jobs/${job}/applicants`, t("applicants.title")], lead: it.company_name,
      actions: html`<a class="button" href=${`/jobs/${job}`}>${t("applications.job")}</a>${mine && ["applied", "interview", "offered"].includes(it.status) ? html`<button class="button danger" @click=${withdraw}>${t("applications.withdraw")}</button>` : null}` })}
    <div class="split"><div class="stack wide">
      <section class="card stack"><div class="row nowrap">${ring(it.match_percentage)}<div><p class="strong">${t(`status.${it.status}`)}</p><p class="small soft">${t("applications.match-then", { n: it.match_percentage })}</p></div></div>
        ${mine ? null : person(it.user)}
        ${it.resume || it.resume_id ? html`<div>${mine ? html`<a href=${`/resume/${it.resume?.id ?? it.resume ?? it.resume_id}`}>${t("applications.resume")}</a>` : html`<button class="button little" @click=${() => trying(() => download(`/job-applications/${it.id}/resume/`, `${nameOf(it.user)} – ${it.job_title}`), { again: false })}>${t("applications.resume-get")}</button>`}</div>` : null}</section>
      <section class="card stack"><h2>${t("apply.letter")}</h2>${mine && it.status === "applied" ? html`<form class="stack" @submit=${letter.submit}>${faults(letter)}${area(letter, { name: "cover_letter", label: t("applications.letter-edit"), value: it.cover_letter, max: 5000, rows: 8 })}${sender(letter, t("do.save"), "")}</form>`
        : html`<p class="prose">${it.cover_letter || t("applications.no-letter")}</p>`}</section></div>
      <aside class="stack wide" aria-label=${t("resume.history")}>${move?.()}<section class="stack"><h2>${t("resume.history")}</h2><ol class="trail">${history.map((step) => html`<li class="done"><p class="strong">${t(`status.${step.to}`)}</p>${step.note ? html`<p class="small">${step.note}</p>` : null}<p class="small soft">${when(step.at)}${step.by ? ` · ${nameOf(step.by)}` : ""}</p></li>`)}</ol></section></aside></div></div>`;
};
