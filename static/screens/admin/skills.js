// Suggested skills, and two skills that are one.

import { html } from "../../core/view.js";
import { get, post } from "../../core/api.js";
import { nameOf, when } from "../../core/format.js";
import { t } from "../../core/texts.js";
import { adminTable } from "../../parts/admin-table.js";
import { chip, confirm, trying } from "../../parts/pieces.js";
import { skillPicker } from "../../parts/skill-picker.js";

export default async (page) => {
  const list = await get("/admin/skill-suggestions/", { status: page.query.get("status"), page: page.query.get("page"), page_size: 50 });
  const step = (it, name, body = {}) => () => trying(() => post(`/admin/skill-suggestions/${it.id}/${name}/`, body), { done: t("do.saved") });
  const two = { from: null, into: null };
  const from = skillPicker(page, { id: "merge-from", label: t("skills.merge-from"), pick: (skill) => { two.from = skill; page.update(); } });
  const into = skillPicker(page, { id: "merge-into", label: t("skills.merge-into"), pick: (skill) => { two.into = skill; page.update(); } });
  const merge = async () => { if (await confirm(t("skills.merge-ask", { from: two.from.name, into: two.into.name }), t("skills.merge-what"), t("skills.merge"))) await trying(() => post(`/admin/skills/${two.from.id}/merge/`, { into_id: two.into.id }), { done: t("do.saved") }); };
  const table = adminTable(page, { label: t("admin.skills"), list, none: t("skills.no-suggestions"), columns: [[t("skills.name"), (it) => html`<b>${it.name}</b>`], [t("skills.why"), (it) => it.why], [t("admin.member"), (it) => nameOf(it.user)], [t("admin.when"), (it) => when(it.created_at)],
    [t("offer.status"), (it) => chip(t(`state.${it.status}`), { pending: "gold", accepted: "good", rejected: "bad" }[it.status])],
    ["", (it) => it.status === "pending" ? html`<span class="row"><button class="button little" @click=${step(it, "accept")}>${t("admin.accept")}</button><button class="button little" @click=${step(it, "reject")}>${t("admin.reject")}</button></span>` : null]] });
  return () => html`<div class="stack wide">${table()}<section class="card stack"><h2>${t("skills.merge")}</h2><div class="fields"><div>${from()}<p>${two.from?.name ?? ""}</p></div><div>${into()}<p>${two.into?.name ?? ""}</p></div></div><div><button class="button" ?disabled=${!two.from || !two.into} @click=${merge}>${t("skills.merge")}</button></div></section></div>`;
};
