// Work that was submitted to a project, and reviewing it.

import { html, keyed } from "../core/view.js";
import { get, post } from "../core/api.js";
import { form } from "../core/form.js";
import { reload } from "../core/router.js";
import { session } from "../core/session.js";
import { when } from "../core/format.js";
import { t } from "../core/texts.js";
import { chip, empty, head, pager, person, toast } from "../parts/pieces.js";
import { area, faults, select, sender, tick } from "../parts/fields.js";
import { stars } from "../parts/stars.js";

export default async (page) => {
  const { id } = page.params;
  const [project, list] = await Promise.all([get(`/projects/${id}/`), get(`/projects/${id}/submissions/`, { page: page.query.get("page") })]);
  const forms = new Map(list.results.map((it) => [it.id, form(page, `review-${it.id}`, async (values, key) => {
    await post(`/project-progress/${it.id}/review/`, { ...values, rating: Number(values.rating) }, key);
    toast(t("review.sent"));
    await reload();
  })]));
  const open = (it) => it.status === "submitted" && it.user?.id !== session.user.id;
  return () => html`<div class="stack wide">${head(page, t("review.queue"), { back: [`/projects/${id}`, project.title] })}
    ${list.results.length ? html`<ul class="plainlist stack">${list.results.map((it) => keyed(it.id, html`<li class="card stack"><div class="row between">${person(it.user)}<span class="row">${it.rating ? stars(it.rating) : null}${chip(t(`work.${it.status}`), it.status === "completed" ? "good" : "gold")}</span></div>
      <p><a href=${it.submission_url} target="_blank" rel="noopener noreferrer nofollow ugc">${it.submission_url}</a> <span class="small soft">${when(it.submitted_at)}</span></p>${it.submission_notes ? html`<p class="prose">${it.submission_notes}</p>` : null}${it.feedback ? html`<p class="well">${it.feedback}</p>` : null}
      ${open(it) ? html`<form class="stack" novalidate @submit=${forms.get(it.id).submit}>${faults(forms.get(it.id))}${select(forms.get(it.id), { name: "rating", label: t("review.rating"), value: "", rows: [["", t("rating.choose")], ...[5, 4, 3, 2, 1].map((n) => [n, t("rating.of", { n })])] })}
        ${area(forms.get(it.id), { name: "feedback", label: t("review.feedback"), rows: 4, max: 5000, required: true })}${tick(forms.get(it.id), { name: "accepted", label: t("review.accept"), value: true, help: t("review.accept-help") })}${sender(forms.get(it.id), t("review.send"))}</form>` : null}</li>`))}</ul>${pager(page, list)}` : empty(t("review.none"))}</div>`;
};
