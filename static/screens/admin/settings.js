// Every setting, as it is; settings are changed in the file or the environment.

import { html } from "../../core/view.js";
import { get } from "../../core/api.js";
import { t, word } from "../../core/texts.js";
import { adminTable } from "../../parts/admin-table.js";

const shown = (value) => typeof value === "object" ? JSON.stringify(value) : String(value);

export default async (page) => {
  const list = await get("/admin/settings/", { page: page.query.get("page"), page_size: 100 });
  const table = adminTable(page, { label: t("admin.settings"), list, id: (it) => it.key, columns: [[t("settings.key"), (it) => html`<code>${it.key}</code>`], [t("settings.value"), (it) => shown(it.value) === shown(it.default) ? shown(it.value) : html`<b>${shown(it.value)}</b>`], [t("settings.default"), (it) => html`<span class="soft">${shown(it.default)}</span>`], [t("settings.source"), (it) => word("source", it.source)]] });
  return () => html`<div class="stack"><p class="soft">${t("settings.read-only")}</p>${table()}</div>`;
};
