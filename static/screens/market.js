// What open jobs ask for, and what people here are learning.

import { html } from "../core/view.js";
import { get } from "../core/api.js";
import { number } from "../core/format.js";
import { t } from "../core/texts.js";
import { empty, head } from "../parts/pieces.js";
import { jobTabs } from "../parts/job-tabs.js";

export default async (page) => {
  const [demand, trending] = await Promise.all([get("/skills/demand/"), get("/skills/trending/")]);
  const name = (it) => html`<a href=${`/jobs?skill=${encodeURIComponent(it.name)}`}>${it.name}</a>`;
  const table = (label, heads, rows) => html`<section class="card stack"><h2>${label}</h2>${rows.length ? html`<div class="scroll" tabindex="0" role="region" aria-label=${label}><table><thead><tr>${heads.map((it, at) => html`<th scope="col" class=${at ? "number" : null}>${it}</th>`)}</tr></thead><tbody>${rows.map((row) => html`<tr>${row.map((it, at) => html`<td class=${at ? "number" : null}>${it}</td>`)}</tr>`)}</tbody></table></div>` : empty(t("table.none"))}</section>`;
  return () => html`<div class="stack wide">${head(page, t("market.title"), { lead: t("market.lead") })}${jobTabs("/jobs/market")}
    <div class="grid wide">${table(t("market.demand"), [t("market.skill"), t("place.jobs"), t("market.salary")], demand.map((it) => [name(it), it.job_demand, it.median_salary ? number(it.median_salary) : "–"]))}
      ${table(t("market.trending"), [t("market.skill"), t("place.people"), t("market.new")], trending.map((it) => [name(it.skill), it.users, it.new_users_30_days ? `+${it.new_users_30_days}` : "–"]))}</div></div>`;
};
