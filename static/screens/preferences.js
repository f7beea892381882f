// What I want to be told, and how.

import { html, keyed } from "../core/view.js";
import { get, patch } from "../core/api.js";
import { form } from "../core/form.js";
import { reload } from "../core/router.js";
import { chooseLanguage, language, LANGUAGES, t } from "../core/texts.js";
import { head, toast, trying } from "../parts/pieces.js";
import { faults, field, select, sender, tick } from "../parts/fields.js";
import { settingsTabs } from "../parts/settings-tabs.js";

export default async (page) => {
  const now = await get("/notifications/preferences/");
  const it = form(page, "preferences", async (values) => { await patch("/notifications/preferences/", values);
    if (values.language !== language) return chooseLanguage(values.language);
    toast(t("do.saved"));
    return reload();
  });
  const set = (type, way) => (event) => trying(() => patch("/notifications/preferences/", { types: { [type]: { [way]: event.target.checked } } }), { done: t("do.saved"), again: false });
  const zones = Intl.supportedValuesOf?.("timeZone") ?? [];
  return () => html`<div class="stack wide">${head(page, t("shell.settings"))}${settingsTabs("notifications")}
    <section class="card flush scroll"><table><caption class="hush">${t("settings.notifications")}</caption><thead><tr><th scope="col">${t("news.about")}</th><th scope="col">${t("news.here")}</th><th scope="col">${t("news.mail")}</th></tr></thead>
      <tbody>${Object.entries(now.types).map(([type, ways]) => keyed(type, html`<tr><th scope="row" class="ink">${t(`news.${type}`)}</th>${["in_app", "email"].map((way) => html`<td><input type="checkbox" aria-label=${`${t(`news.${type}`)}: ${t(way === "email" ? "news.mail" : "news.here")}`} ?checked=${ways[way]} @change=${set(type, way)}></td>`)}</tr>`))}</tbody></table></section>
    <form class="card stack" novalidate @submit=${it.submit}>${faults(it)}<div class="fields">${select(it, { name: "digest", label: t("news.digest"), value: now.digest, rows: ["off", "daily", "weekly"].map((d) => [d, t(`digest.${d}`)]) })}
      ${select(it, { name: "language", label: t("news.language"), value: now.language, rows: Object.entries(LANGUAGES) })}${field(it, { name: "timezone", label: t("news.timezone"), value: now.timezone, list: "zones", help: t("news.timezone-here", { zone: Intl.DateTimeFormat().resolvedOptions().timeZone }) })}</div>
      <datalist id="zones">${zones.map((zone) => html`<option value=${zone}></option>`)}</datalist>${tick(it, { name: "weekly_report", label: t("news.report"), value: now.weekly_report })}${sender(it, t("do.save"))}</form>
    <p class="small soft">${t("news.security")}</p></div>`;
};
