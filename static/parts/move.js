// Moving an application on, with a note to the applicant.

import { html } from "../core/view.js";
import { post } from "../core/api.js";
import { form } from "../core/form.js";
import { reload } from "../core/router.js";
import { t } from "../core/texts.js";
import { toast } from "./pieces.js";
import { area, faults, select, sender } from "./fields.js";

/** Where an application may go from where it stands. */
export const STEPS = { applied: ["interview", "rejected"], interview: ["offered", "accepted", "rejected"], offered: ["accepted", "rejected"] };

export function moveForm(page, application, done = reload) {
  const next = STEPS[application.status] ?? [];
  const it = form(page, `move-${application.id}`, async (values, key) => {
    await post(`/job-applications/${application.id}/update_status/`, values, key);
    toast(t("applicants.moved", { status: t(`status.${values.status}`) }));
    await done();
  });
  return () => next.length ? html`<form class="card stack" novalidate @submit=${it.submit}><h2>${t("applicants.move")}</h2>${faults(it)}
    ${select(it, { name: "status", label: t("applicants.to"), value: next[0], rows: next.map((step) => [step, t(`status.${step}`)]) })}
    ${area(it, { name: "note", label: t("applicants.note"), help: t("applicants.note-help"), rows: 3, max: 500, optional: true })}${sender(it, t("applicants.move"))}</form>` : null;
}
