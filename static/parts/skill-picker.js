// Choosing a skill of the catalogue: type a beginning, choose with arrows and Enter, or click.

import { html, keyed } from "../core/view.js";
import { get } from "../core/api.js";
import { t } from "../core/texts.js";

/** A field that finds skills; `pick(skill)` is called with `{id, name, category}`. */
export function skillPicker(page, { id, label, help, pick }) {
  let found = [];
  let at = -1;
  let asked = 0;
  const clear = (input) => { found = []; at = -1; if (input) input.value = ""; page.update(); };
  const choose = (skill, input) => { clear(input); pick(skill); };
  const look = async (event) => {
    const words = event.target.value.trim();
    const mine = ++asked;
    if (!words) return clear();
    await new Promise((resolve) => setTimeout(resolve, 150));
    if (mine !== asked) return undefined;
    const { results } = await get("/skills/", { search: words, page_size: 8, ordering: "-job_demand" });
    if (mine !== asked) return undefined;
    found = results;
    at = results.length ? 0 : -1;
    return page.update();
  };
  const keys = (event) => {
    if (event.key === "Escape" && found.length) { event.stopPropagation(); clear(); }
    else if (event.key === "ArrowDown" && found.length) { event.preventDefault(); at = (at + 1) % found.length; page.update(); }
    else if (event.key === "ArrowUp" && found.length) { event.preventDefault(); at = (at + found.length - 1) % found.length; page.update(); }
    else if (event.key === "Enter") {
      event.preventDefault();
      if (found[at]) choose(found[at], event.target);
    }
  };
  return () => html`<div class="field picker"><label for=${id}>${label}</label>
    <input id=${id} type="text" autocomplete="off" role="combobox" aria-expanded=${String(found.length > 0)} aria-controls=${`${id}-list`} aria-autocomplete="list"
      aria-activedescendant=${at >= 0 ? `${id}-${at}` : null} placeholder=${t("skills.type")} @input=${look} @keydown=${keys} @blur=${() => setTimeout(() => found.length && clear(), 200)}>
    <ul id=${`${id}-list`} role="listbox" aria-label=${label} class="choice-list" ?hidden=${!found.length}>${found.map((skill, n) => keyed(skill.id, html`<li id=${`${id}-${n}`} role="option" aria-selected=${String(n === at)}
      @mousedown=${(event) => { event.preventDefault(); choose(skill, document.getElementById(id)); }}>${skill.name} <span class="small soft">${t("skills.demand", { n: skill.job_demand })}</span></li>`))}</ul>
    ${help && html`<p class="help">${help}</p>`}</div>`;
}

/** Several skills, chosen one after another; `chosen` is the array that changes. */
export function skillsField(page, { id, label, help, chosen, changed = () => {} }) {
  const picker = skillPicker(page, { id, label, help, pick: (skill) => {
    if (!chosen.some((it) => it.name === skill.name)) chosen.push(skill);
    changed();
    page.update();
  } });
  const drop = (skill) => { chosen.splice(chosen.indexOf(skill), 1); changed(); page.update(); };
  return () => html`<div class="stack tight">${picker()}<div class="chips">${chosen.map((skill) => keyed(skill.name, html`<button type="button" class="chip" @click=${() => drop(skill)}>${skill.name}
    <span class="hush">${t("skills.remove")}</span> ×</button>`))}</div></div>`;
}
