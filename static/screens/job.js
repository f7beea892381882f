// One job: what it is, how well it fits and why, applying.

import { html } from "../core/view.js";
import { get, post, query } from "../core/api.js";
import { form } from "../core/form.js";
import { reload } from "../core/router.js";
import { isAdmin, session } from "../core/session.js";
import { day, number, salary, when } from "../core/format.js";
import { said, t, word } from "../core/texts.js";
import { matchTerms } from "../parts/jobs.js";
import { icon } from "../parts/icons.js";
import { chip, confirm, head, note, person, ring, sheet, toast, deleting, trying } from "../parts/pieces.js";
import { area, faults, select, sender } from "../parts/fields.js";

export default async (page) => {
  const { id } = page.params;
  const [job, found] = await Promise.all([get(`/jobs/${id}/`), session.user ? get(`/jobs/${id}/match/`) : null]);
  const own = session.user && (job.posted_by?.id === session.user.id || isAdmin());
  // Whoever seeks people for it is not sought.
  const match = own ? null : found;
  const mine = job.my_application && job.my_application.status !== "withdrawn" ? job.my_application : null;
  let resumes = null;
  let applying = false;
  const it = form(page, `apply-${id}`, async (values, key) => {
    await post(`/jobs/${id}/apply/`, values, key);
    applying = false;
    toast(t("apply.done"));
    await reload();
  });
  const open = async () => {
    resumes ??= (await trying(() => get("/resumes/", { page_size: 20 }), { again: false }))?.results ?? [];
    applying = true;
    page.update();
  };
  const close = async () => {
    if (await confirm(t("job.close-ask"), t("job.close-what"), t("job.close"))) await trying(() => post(`/jobs/${id}/close/`), { done: t("job.closed-now") });
  };
  const bin = async () => {
    if (!(await confirm(t("job.delete-ask"), t("job.delete-what"), t("do.delete")))) return;
    await deleting(`/jobs/${id}/`, "/jobs/mine", `/jobs/${id}`);
  };
  const names = new Set(match?.matched_skills ?? []);
  const skills = (list) => html`<div class="chips">${list.map((skill) => chip(skill.name, !match ? "" : names.has(skill.name) ? "held" : "missing", { href: match && !names.has(skill.name) ? `/learn?skill=${encodeURIComponent(skill.name)}` : null }))}</div>`;
  const pay = salary(job);
  return () => html`<article class="stack wide">
    ${head(page, job.title, { back: ["/jobs", t("place.jobs")], lead: `${job.company_name} · ${job.location}${job.is_remote ? ` · ${t("job.remote")}` : ""}`,
      actions: own ? html`<a class="button" href=${`/jobs/${id}/applicants`}>${t("job.applicants", { n: job.total_applications })}</a><a class="button" href=${`/jobs/${id}/edit`}>${t("do.edit")}</a>
          ${job.status === "active" ? html`<button class="button" @click=${close}>${t("job.close")}</button>` : html`<button class="button" @click=${() => trying(() => post(`/jobs/${id}/reopen/`), { done: t("job.open-now") })}>${t("job.reopen")}</button>`}
          <button class="button danger" @click=${bin}>${t("do.delete")}</button>`
        : mine ? html`<a class="button" href=${`/applications/${mine.id}`}>${t(`status.${mine.status}`)} · ${t("applications.see")}</a>`
        : job.is_open ? (session.user ? html`<button class="button main" @click=${open}>${t("apply.do")}</button>` : html`<a class="button main" href=${`/sign-in?next=/jobs/${id}`}>${t("apply.sign-in")}</a>`) : null })}
    ${job.is_open ? null : note("warn", t("job.is-closed"))}
    <div class="split aside-first">
      <div class="stack wide">${job.company_logo ? html`<img class="picture" src=${job.company_logo} alt="" loading="lazy">` : null}
        <div class="meta">${pay ? html`<span class="strong">${pay}</span>` : null}<span>${word("job_type", job.job_type)}</span>${job.experience_level ? html`<span>${word("experience", job.experience_level)}</span>` : null}
          <span>${icon("clock", true)} ${when(job.posted_at)}</span>${job.deadline ? html`<span>${t("job.until", { day: day(job.deadline) })}</span>` : null}<span>${t("job.applied", { n: job.total_applications, count: number(job.total_applications) })}</span></div>
        <section class="stack tight"><h2>${t("job.about")}</h2><p class="prose">${job.description}</p></section>
        ${job.required_skills.length ? html`<section class="stack tight"><h2>${t("job.must")}</h2>${skills(job.required_skills)}</section>` : null}
        ${job.nice_to_have_skills.length ? html`<section class="stack tight"><h2>${t("job.nice")}</h2>${skills(job.nice_to_have_skills)}</section>` : null}
        ${job.application_url ? html`<p><a href=${job.application_url} rel="noopener noreferrer" target="_blank">${t("job.elsewhere")}</a></p>` : null}
        ${job.posted_by ? html`<section class="stack tight"><h2>${t("job.by")}</h2>${person(job.posted_by)}</section>` : null}
      </div>
      ${match ? html`<aside class="card stack" aria-label=${t("match.label")}><div class="row top nowrap">${ring(match.match_percentage)}<p class="grow">${said(match.reason)}</p></div>
        ${matchTerms(match)}
        ${match.missing_skills.length ? html`<a class="button little" href=${`/jobs/what-if${query({ skill: match.missing_skills.slice(0, 3) })}`}>${t("whatif.these")}</a><a class="button little" href=${`/learn/path?job=${id}`}>${t("path.to-job")}</a>` : null}</aside>` : null}
    </div>
    ${applying ? sheet(t("apply.title", { title: job.title }), () => { applying = false; page.update(); }, html`<form class="stack" novalidate @submit=${it.submit}>${faults(it)}
      ${resumes.length ? select(it, { name: "resume_id", kind: "id", label: t("apply.resume"), value: resumes.find((row) => row.is_primary)?.id ?? "", rows: [["", t("apply.no-resume")], ...resumes.map((row) => [row.id, row.label || row.original_filename])] }) : note("info", html`${t("apply.none")} <a href="/resume">${t("resume.mine")}</a>`)}
      ${area(it, { name: "cover_letter", label: t("apply.letter"), help: t("apply.letter-help"), rows: 9, max: 5000, optional: true })}
      ${sender(it, t("apply.send"))}</form>`) : null}
  </article>`;
};
