// What was deleted and can still come back.

import { html } from "../../core/view.js";
import { get, post, remove } from "../../core/api.js";
import { nameOf, when } from "../../core/format.js";
import { t } from "../../core/texts.js";
import { adminTable } from "../../parts/admin-table.js";
import { confirm, trying } from "../../parts/pieces.js";

export default async (page) => {
  const list = await get("/admin/deleted/", { type: page.query.get("type"), page: page.query.get("page"), page_size: 50 });
  const back = (it) => () => trying(() => post(`/admin/deleted/${it.type}/${it.id}/restore/`), { done: t("do.saved") });
  const drop = (it) => async () => { if (await confirm(t("deleted.ask", { title: it.title }), t("deleted.what"), t("deleted.drop"))) await trying(() => remove(`/admin/deleted/${it.type}/${it.id}/`), { done: t("do.saved") }); };
  return adminTable(page, { label: t("admin.deleted"), list, none: t("deleted.none"), id: (it) => `${it.type}-${it.id}`, columns: [[t("job.title"), (it) => html`<b>${it.title}</b>`], [t("module.kind"), (it) => t(`kind.${it.type}`)], [t("admin.member"), (it) => nameOf(it.owner)], [t("deleted.at"), (it) => when(it.deleted_at)], [t("deleted.purge"), (it) => when(it.purge_at)],
    ["", (it) => html`<span class="row"><button class="button little" @click=${back(it)}>${t("case.restore")}</button><button class="button little danger" @click=${drop(it)}>${t("deleted.drop")}</button></span>`]] });
};
