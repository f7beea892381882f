// My profile as a mentor.

import { html } from "../core/view.js";
import { maybe, patch, post, remove } from "../core/api.js";
import { form } from "../core/form.js";
import { go } from "../core/router.js";
import { changedUser, session } from "../core/session.js";
import { t } from "../core/texts.js";
import { mentorTabs } from "../parts/mentor-tabs.js";
import { confirm, head, note, toast, trying } from "../parts/pieces.js";
import { area, faults, field, sender } from "../parts/fields.js";
import { skillsField } from "../parts/skill-picker.js";

export default async (page) => {
  const mentor = await maybe("/mentors/me/");
  const chosen = [...(mentor?.specializations ?? [])];
  const it = form(page, "mentor", async (values, key) => {
    const body = { ...values, specializations: chosen.map((skill) => skill.name) };
    const saved = mentor ? await patch("/mentors/me/", body) : await post("/mentors/", body, key);
    changedUser({ ...session.user, is_mentor: saved.status === "approved" });
    toast(t("do.saved"));
    await go(`/mentors/${saved.id}`);
  });
  const leave = async () => {
    if (!(await confirm(t("mentor.leave-ask"), t("mentor.leave-what"), t("mentor.leave")))) return;
    if ((await trying(() => remove("/mentors/me/"), { again: false })) === undefined) return;
    changedUser({ ...session.user, is_mentor: false });
    await go("/mentors");
  };
  const skills = skillsField(page, { id: "knows", label: t("mentor.knows"), help: t("mentor.knows-help"), chosen });
  return () => html`<div class="stack wide">${head(page, mentor ? t("mentor.mine") : t("mentor.become"), { lead: mentor ? "" : t("mentor.become-what"), actions: mentor ? html`<button class="button danger" @click=${leave}>${t("mentor.leave")}</button>` : null })}${mentorTabs("/mentors/edit")}
    ${mentor && mentor.status !== "approved" ? note("warn", t(`mentor.${mentor.status}`)) : null}
    <form class="card stack" novalidate @submit=${it.submit}>${faults(it)}${it.fields.specializations ? note("gap", it.fields.specializations) : null}${skills()}${area(it, { name: "bio", label: t("mentor.bio"), value: mentor?.bio, max: 2000, required: true })}
      <div class="fields">${field(it, { name: "hourly_rate", label: t("mentor.hourly"), help: t("mentor.hourly-help"), type: "number", least: 0, step: "0.01", value: mentor?.hourly_rate, optional: true })}${field(it, { name: "years_of_experience", label: t("mentor.experience"), type: "number", least: 0, most: 60, value: mentor?.years_of_experience ?? 0 })}
      ${field(it, { name: "availability_hours_per_week", label: t("mentor.hours"), help: t("mentor.hours-help"), type: "number", least: 0, most: 80, value: mentor?.availability_hours_per_week, optional: true })}</div>${sender(it, mentor ? t("do.save") : t("mentor.become"))}</form></div>`;
};
