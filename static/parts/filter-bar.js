// A row of a search word and a few choices above a list; all of it stands in the address.

import { html } from "../core/view.js";
import { t } from "../core/texts.js";

/** `choices` are [name, label, rows of [value, label]]; `more` stands behind them. */
export function filterBar(page, { label, choices = [], hint, more }) {
  const q = page.query;
  const send = (event) => {
    event.preventDefault();
    page.ask(Object.fromEntries([...new FormData(event.currentTarget)]));
  };
  return html`<form class="card row filterbar" role="search" aria-label=${label} @submit=${send} @change=${(event) => event.target.matches("select") && event.currentTarget.requestSubmit()}>
    <div class="grow field"><label for="list-search">${t("shell.search")}</label><input id="list-search" name="search" type="search" value=${q.get("search") ?? ""} placeholder=${hint}></div>
    ${choices.map(([name, text, rows]) => html`<div class="field"><label for=${`list-${name}`}>${text}</label><select id=${`list-${name}`} name=${name} class="auto">
      ${rows.map(([value, shown]) => html`<option value=${value} ?selected=${(q.get(name) ?? "") === value}>${shown}</option>`)}</select></div>`)}
    ${more}<button class="button main below">${t("shell.search")}</button></form>`;
}
