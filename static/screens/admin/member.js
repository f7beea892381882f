// One member, for an admin.

import { html } from "../../core/view.js";
import { get, patch, post } from "../../core/api.js";
import { form } from "../../core/form.js";
import { reload } from "../../core/router.js";
import { nameOf, number, when } from "../../core/format.js";
import { t } from "../../core/texts.js";
import { chip, confirm, person, toast, trying } from "../../parts/pieces.js";
import { faults, field, sender, tick } from "../../parts/fields.js";
import { ROLES } from "./members.js";

export default async (page, id) => {
  const user = await get(`/admin/users/${id}/`);
  const roles = form(page, `roles-${id}`, async (values) => { await patch(`/admin/users/${id}/`, values); toast(t("do.saved")); await reload(); }, { keep: false });
  const points = form(page, `points-${id}`, async (values, key) => { await post(`/admin/users/${id}/points/`, values, key); toast(t("do.saved")); await reload(); });
  const step = (name, asks) => async () => { if (!asks || await confirm(t(`admin.${name}-ask`, { name: nameOf(user) }), t(`admin.${name}-what`), t(`admin.${name}`))) await trying(() => post(`/admin/users/${id}/${name}/`, {}), { done: t("do.saved") }); };
  return () => html`<div class="split"><div class="stack"><section class="card stack"><div class="row between">${person(user, user.email)}${chip(t(user.is_active ? "admin.is-active" : "admin.is-inactive"), user.is_active ? "good" : "bad")}</div>
      <div class="meta"><span>${t("admin.joined")} ${when(user.created_at)}</span>${user.last_login ? html`<span>${t("admin.seen")} ${when(user.last_login)}</span>` : null}<span>${t("points", { n: user.points })}</span></div>
      <dl class="figures">${Object.entries(user.counts ?? {}).map(([key, n]) => html`<div class="turned"><dt class="small soft">${t(`admin.n-${key}`)}</dt><dd class="figure">${number(n)}</dd></div>`)}</dl></section>
      <section class="card stack"><h2>${t("admin.roles")}</h2><form class="stack tight" @submit=${roles.submit}>${faults(roles)}${ROLES.map((name) => tick(roles, { name, label: t(`role.${name}`), value: user[name] }))}${sender(roles, t("do.save"))}</form></section></div>
    <aside class="stack" aria-label=${t("session.steps")}><section class="card stack"><h2>${t("admin.account")}</h2>${user.is_active ? html`<button class="button danger" @click=${step("deactivate", true)}>${t("admin.deactivate")}</button>` : html`<button class="button" @click=${step("activate")}>${t("admin.activate")}</button>`}
        <button class="button" @click=${step("logout", true)}>${t("admin.logout")}</button><button class="button" @click=${step("password-reset", true)}>${t("admin.password-reset")}</button></section>
      <section class="card stack"><h2>${t("admin.points")}</h2><form class="stack" novalidate @submit=${points.submit}>${faults(points)}${field(points, { name: "amount", label: t("admin.amount"), type: "number", required: true })}${field(points, { name: "reason", label: t("admin.reason"), required: true })}${sender(points, t("admin.points-do"), "")}</form></section></aside></div>`;
};
