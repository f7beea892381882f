// A table for admins: sorting in the address, sticky head, rows that can be chosen, a bar for what is done to them.

import { html, keyed } from "../core/view.js";
import { download } from "../core/api.js";
import { t } from "../core/texts.js";
import { icon } from "./icons.js";
import { empty, pager, trying } from "./pieces.js";

/** `columns` are [label, show(row), ordering?]; `bulk` are [label, run(ids)]; `none` says what will be here. */
export function adminTable(page, { label, list, columns, bulk = [], id = (row) => row.id, exported, none = t("table.none") }) {
  const chosen = new Set();
  const order = page.query.get("ordering") ?? "";
  const sort = (name) => () => page.ask({ ordering: order === name ? `-${name}` : name });
  const all = (event) => { for (const row of list.results) { if (event.target.checked) chosen.add(id(row)); else chosen.delete(id(row)); } page.update(); };
  const pick = (row) => (event) => { if (event.target.checked) chosen.add(id(row)); else chosen.delete(id(row)); page.update(); };
  return () => list.results.length ? html`<div class="stack"><div class="row between"><p class="small soft" role="status">${chosen.size ? t("table.chosen", { n: chosen.size }) : t("table.count", { n: list.count ?? list.results.length })}</p>
      <div class="row">${chosen.size ? bulk.map(([name, run, look = ""]) => html`<button class=${`button little ${look}`} @click=${() => trying(() => run([...chosen]), { done: t("do.saved") })}>${name}</button>`) : null}
        ${exported ? html`<button class="button little" @click=${() => trying(() => download(`${exported}?as=csv`, `${label}.csv`), { again: false })}>${icon("download", true)} CSV</button>` : null}</div></div>
    <div class="card flush scroll" tabindex="0" role="region" aria-label=${label}><table class="sticky"><thead><tr>${bulk.length ? html`<th scope="col"><input type="checkbox" aria-label=${t("table.all")} ?checked=${chosen.size === list.results.length} @change=${all}></th>` : null}
      ${columns.map(([name, , by]) => html`<th scope="col" aria-sort=${order === by ? "ascending" : order === `-${by}` ? "descending" : null}>${by ? html`<button class="sort" @click=${sort(by)}>${name} ${order === by ? icon("up", true) : order === `-${by}` ? icon("down", true) : ""}</button>` : name || html`<span class="hush">${t("session.steps")}</span>`}</th>`)}</tr></thead>
      <tbody>${list.results.map((row) => keyed(id(row), html`<tr>${bulk.length ? html`<td><input type="checkbox" aria-label=${t("table.choose", { name: String(id(row)) })} .checked=${chosen.has(id(row))} @change=${pick(row)}></td>` : null}${columns.map(([, show]) => html`<td>${show(row)}</td>`)}</tr>`))}</tbody></table></div>${pager(page, list)}</div>` : empty(none);
}
