// Mentors, those who wait first.

import { html } from "../../core/view.js";
import { get, post } from "../../core/api.js";
import { nameOf } from "../../core/format.js";
import { t } from "../../core/texts.js";
import { adminTable } from "../../parts/admin-table.js";
import { chip, trying } from "../../parts/pieces.js";

export default async (page) => {
  const list = await get("/admin/mentors/", { page: page.query.get("page"), page_size: 50 });
  const step = (it, name) => () => trying(() => post(`/admin/mentors/${it.id}/${name}/`, {}), { done: t("do.saved") });
  return adminTable(page, { label: t("admin.mentors"), list, columns: [
    [t("admin.member"), (it) => html`<a class="quiet" href=${`/mentors/${it.id}`}>${nameOf(it.user)}</a>`],
    [t("mentor.knows"), (it) => it.specializations.map((skill) => skill.name).join(", ")],
    [t("offer.status"), (it) => html`<span class="chips">${chip(t(`state.${it.status}`), { pending: "gold", approved: "good", rejected: "bad" }[it.status])}${it.verified ? chip(t("mentor.verified"), "good") : null}</span>`],
    ["", (it) => html`<span class="row nowrap">${it.status !== "approved" ? html`<button class="button little" @click=${step(it, "approve")}>${t("admin.approve")}</button>` : null}${it.status !== "rejected" ? html`<button class="button little" @click=${step(it, "reject")}>${t("admin.reject")}</button>` : null}${it.verified ? null : html`<button class="button little" @click=${step(it, "verify")}>${t("admin.verify")}</button>`}</span>`]] });
};
