// One résumé: its score and what it is made of, the text with what was found, gaps.

import { html, keyed } from "../core/view.js";
import { download, get, patch, post, remove } from "../core/api.js";
import { go } from "../core/router.js";
import { day, number } from "../core/format.js";
import { said, t, word } from "../core/texts.js";
import { untilRead } from "../parts/drop.js";
import { evidenceLine, markedText, sure } from "../parts/evidence.js";
import { icon } from "../parts/icons.js";
import { chip, confirm, head, note, terms, trying } from "../parts/pieces.js";

const MOST = { skills: 40, experience: 20, backing: 10, results: 10, structure: 10, coverage: 10 };
const PENDING = ["pending", "analyzing"];

export default async (page) => {
  const { id } = page.params;
  const [resume, told, { extracted_text: text }] = await Promise.all([get(`/resumes/${id}/`), get(`/resumes/${id}/analysis/`), get(`/resumes/${id}/text/`)]);
  const name = resume.label || resume.original_filename;
  let lit = "";
  let gone = false;
  page.onLeave(() => { gone = true; });
  if (PENDING.includes(resume.analysis_status)) untilRead(resume, () => gone).then(() => gone || go(page.path, { replace: true }));
  const focus = (skill) => {
    lit = lit === skill ? "" : skill;
    page.update();
    if (lit) document.querySelector(".page-text mark.lit")?.scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  };
  const again = () => trying(() => post(`/resumes/${id}/reanalyze/`));
  const undo = () => trying(() => post(`/resumes/${id}/undo-sync/`), { done: t("resume.undone") });
  const bin = async () => {
    if (!(await confirm(t("resume.delete"), t("resume.delete-what"), t("do.delete")))) return;
    if ((await trying(() => remove(`/resumes/${id}/`), { done: t("resume.deleted"), again: false })) !== undefined) go("/resume");
  };
  const rename = async (event) => {
    event.preventDefault();
    await trying(() => patch(`/resumes/${id}/`, { label: event.target.elements.label.value }), { done: t("do.saved") });
  };
  const lighted = () => told.evidence.find((it) => it.skill === lit);

  return () => html`<div class="stack wide">${head(page, name, { back: ["/resume", t("resume.mine")], lead: told.analyzed_at ? t("resume.read-on", { day: day(told.analyzed_at) }) : "",
      actions: html`<button class="button little" @click=${() => print()}>${t("resume.print")}</button><button class="button little" @click=${() => trying(() => download(`/resumes/${id}/download/`, resume.original_filename), { again: false })}>${icon("download", true)} ${t("resume.file")}</button>
        <details class="more"><summary class="button little">${icon("more", true)} ${t("shell.more")}</summary><div class="card stack tight float">
          <form class="stack tight" @submit=${rename}><label class="small" for="label">${t("resume.label")}</label><input id="label" name="label" value=${resume.label} maxlength="100"><button class="button little">${t("do.save")}</button></form>
          ${resume.is_primary ? null : html`<button class="button plain little" @click=${() => trying(() => patch(`/resumes/${id}/`, { is_primary: true }), { done: t("do.saved") })}>${t("resume.make-primary")}</button>`}
          <button class="button plain little" @click=${again}>${t("resume.again")}</button>
          ${resume.analysis_status === "completed" ? html`<button class="button plain little" @click=${undo}>${t("resume.undo")}</button>` : null}
          <button class="button danger little" @click=${bin}>${t("do.delete")}</button></div></details>` })}
    <div class="told" role="status">${PENDING.includes(resume.analysis_status) ? note("info", t("drop.reading")) : null}</div>
    ${resume.reason ? note("warn", said(resume.reason)) : null}
    ${(told.warnings ?? []).map((it) => note("warn", said(it)))}
    ${told.terms ? html`<section class="card"><div class="split even">
      <div class="stack"><p class="row"><span class="figure big">${told.total_score}</span><span class="soft">${t("resume.of-100")}</span></p>
        ${told.best_role ? html`<p>${t("resume.best-role")} <b>${told.best_role.role}</b>, ${told.best_role.compatibility}\u00a0%</p>` : null}
        <p class="soft">${[told.experience_level && word("experience", told.experience_level), told.years_of_experience !== null && t("resume.years", { n: told.years_of_experience, y: number(told.years_of_experience) })].filter(Boolean).join(" · ")}</p>
        ${told.roles?.length > 1 ? html`<div class="chips">${told.roles.slice(1).map((it) => chip(`${it.role} ${it.compatibility}\u00a0%`))}</div>` : null}</div>
      ${terms(Object.entries(MOST).map(([key, most]) => [key, t(`score.${key}`), told.terms[key] ?? 0, most, t(`score.${key}-why`)]), told.total_score, t("resume.score"))}
    </div></section>` : null}
    <div class="split">
      <section class="stack"><h2>${t("resume.text")}</h2>${text ? markedText(text, told.evidence, { lit, focus }) : html`<p class="soft">${t("resume.no-text")}</p>`}</section>
      <aside class="stack wide" aria-label=${t("resume.findings")}>
        <section class="stack tight"><h2>${t("resume.found", { n: told.evidence.length })}</h2>
          <p class="small soft on-screen">${t("resume.found-what")}</p>
          <div class="chips">${told.evidence.map((it) => keyed(it.skill, chip(it.skill, "", { onclick: () => focus(it.skill), pressed: lit === it.skill })))}</div>
          <div role="status">${lit && lighted() ? html`<div class="well stack tight"><p><b>${lit}</b>: ${sure(lighted().confidence)}, ${word("level", lighted().proficiency)}</p>${evidenceLine(lighted())}<p class="small soft">${t("resume.places", { n: lighted().found.length })}</p></div>` : null}</div></section>
        ${told.gap_details.length ? html`<section class="stack tight"><h2>${t("resume.gaps")}</h2><ul class="plainlist stack tight">${told.gap_details.map((it) => html`<li>${chip(it.skill, "missing", { href: `/learn?skill=${encodeURIComponent(it.skill)}` })}<p class="small soft">${said(it.reason)}</p></li>`)}</ul></section>` : null}
        ${told.periods?.length ? html`<section class="stack tight"><h2>${t("resume.work")}</h2><ol class="trail">${told.periods.map((it) => html`<li class="done"><p class="strong small">${it.title}</p><p class="small soft">${it.start} – ${it.end ?? t("resume.today")} · ${t("resume.months", { n: it.months })}</p></li>`)}</ol></section>` : null}
        ${told.unknown_terms?.length ? html`<section class="stack tight"><h2>${t("resume.unknown")}</h2><p class="small soft">${t("resume.unknown-what")}</p><div class="chips">${told.unknown_terms.map((it) => chip(it.term ?? it))}</div></section>` : null}
      </aside></div></div>`;
};
