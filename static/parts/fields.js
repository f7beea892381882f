// Fields of forms: label above, help below, the fault in a sentence beside an icon, all tied together.

import { html } from "../core/view.js";
import { t } from "../core/texts.js";
import { icon } from "./icons.js";

function around(form, { name, label, help, optional }, control, extra = "") {
  const id = `${form.id}-${name}`;
  const fault = form.fields[name];
  return html`<div class=${`field ${extra}`}>
    <label for=${id}>${label}${optional ? html` <span class="soft">${t("form.optional")}</span>` : null}</label>
    ${control(id, [help && `${id}-help`, fault && `${id}-fault`].filter(Boolean).join(" ") || null, fault ? "true" : null)}
    ${help && html`<p class="help" id=${`${id}-help`}>${help}</p>`}
    ${fault && html`<p class="fault" id=${`${id}-fault`}>${icon("warn", true)}<span>${fault}</span></p>`}
  </div>`;
}

/** One line of text. */
export const field = (form, it) => around(form, it, (id, described, invalid) => html`<input id=${id} name=${it.name} type=${it.type ?? "text"}
  value=${form.value(it.name, it.value)} autocomplete=${it.autocomplete ?? "off"} maxlength=${it.max} min=${it.least} max=${it.most} step=${it.step}
  inputmode=${it.inputmode} placeholder=${it.placeholder} ?required=${it.required} data-kind=${it.kind} list=${it.list} autocapitalize=${it.caps} spellcheck=${it.spell}
  aria-describedby=${described} aria-invalid=${invalid} @input=${form.input}>`, it.look);

/** Several lines of text. */
export const area = (form, it) => around(form, it, (id, described, invalid) => html`<textarea id=${id} name=${it.name} rows=${it.rows ?? 5}
  maxlength=${it.max} ?required=${it.required} placeholder=${it.placeholder} aria-describedby=${described} aria-invalid=${invalid}
  .value=${form.value(it.name, it.value)} @input=${form.input}></textarea>`, it.look);

/** One of several: rows of [value, label]. */
export const select = (form, it) => around(form, it, (id, described, invalid) => html`<select id=${id} name=${it.name} data-kind=${it.kind ?? "choice"} ?required=${it.required}
  aria-describedby=${described} aria-invalid=${invalid} @change=${(event) => { form.input(event); it.onchange?.(event); }}>
  ${it.rows.map(([value, label]) => html`<option value=${value} ?selected=${String(form.value(it.name, it.value)) === String(value)}>${label}</option>`)}</select>`, it.look);

/** Yes or no. */
export const tick = (form, it) => html`<div class="field"><label class="tick"><input type="checkbox" name=${it.name}
  ?checked=${form.draft[it.name] ?? it.value} @change=${(event) => { form.input(event); it.onchange?.(event); }}><span>${it.label}</span></label>
  ${it.help && html`<p class="help">${it.help}</p>`}</div>`;

/** The faults of the whole, where they are seen and heard. */
export const faults = (form) => html`<div role="alert">${form.message && html`<p class="fault note gap" tabindex="-1">${icon("warn")}<span>${form.message}</span></p>`}</div>`;

/** The button that sends. */
export const sender = (form, label, look = "main", value) => html`<button class=${`button ${look}`} aria-disabled=${form.busy ? "true" : null} name=${value ? "step" : null} value=${value}>${form.busy ? t("form.busy") : label}</button>`;
