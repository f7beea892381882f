// Jobs as rows: match, title, place, money, skills.

import { html, keyed } from "../core/view.js";
import { session } from "../core/session.js";
import { said, t, word } from "../core/texts.js";
import { salary, when } from "../core/format.js";
import { chip, ring, terms } from "./pieces.js";
import { icon } from "./icons.js";

export const jobMeta = (job) => html`<div class="meta"><span>${job.company_name}</span><span>${icon("place", true)} ${job.location}${job.is_remote ? ` · ${t("job.remote")}` : ""}</span>
  <span>${word("job_type", job.job_type)}</span>${job.experience_level ? html`<span>${word("experience", job.experience_level)}</span>` : null}
  ${job.salary_min !== undefined && salary(job) ? html`<span>${salary(job)}</span>` : null}</div>`;

/** Postings of a list. */
export const jobRows = (jobs) => jobs.map((job) => keyed(job.id, html`<li class=${session.user && job.match_percentage !== undefined ? "" : "alone"}>
  ${session.user && job.match_percentage !== undefined ? ring(job.match_percentage) : null}
  <div class="stack tight"><h3><a href=${`/jobs/${job.id}`}>${job.title}</a></h3>${jobMeta(job)}
    <div class="chips">${job.required_skills.slice(0, 6).map((it) => chip(it.name))}${job.required_skills.length > 6 ? html`<span class="small soft">+${job.required_skills.length - 6}</span>` : null}</div></div>
  <div class="aside small soft">${when(job.posted_at)}</div></li>`));

/** Recommended postings, with their reason. */
export const matchRows = (rows, followed = () => {}) => rows.map((row, at) => keyed(row.job.id, html`<li>${ring(row.match_percentage)}
  <div class="stack tight"><h3><a href=${`/jobs/${row.job.id}`} @click=${() => followed(row.job.id, at + 1)}>${row.job.title}</a></h3>${jobMeta(row.job)}
    <p class="small">${said(row.reason)}</p>
    <div class="chips">${row.matched_skills.slice(0, 4).map((it) => chip(it, "held"))}${row.missing_skills.slice(0, 3).map((it) => chip(it, "missing"))}</div></div>
  <div class="aside"><a class="button little" href=${`/jobs/${row.job.id}`} aria-label=${`${t("do.see")}: ${row.job.title}`}>${t("do.see")}</a></div></li>`));

const MOST = { skills: 60, must_have: 10, level: 15, location: 10, freshness: 5 };

/** What a match is made of. */
export const matchTerms = (match) => terms(Object.entries(MOST).map(([key, most]) => [key, t(`match.${key}`), match.terms[key] ?? 0, most]), match.match_percentage, t("match.label"));
