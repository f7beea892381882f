// One address: what it takes, what it answers, and a form to call it.
import { html } from "../core/view.js";
import { example, fieldsOf, resolved, typeOf } from "./schema.js";

const table = (heads, rows) => rows.length > 0 && html`<div class="scroll"><table>
  <thead><tr>${heads.map((it) => html`<th scope="col">${it}</th>`)}</tr></thead>
  <tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody>
</table></div>`;

const nameOf = (name, required) => html`<code>${name}</code>${required ? html`<span title="required"> *</span>` : ""}`;

const fields = (api, schema) => table(["Field", "Is", "What it means"], fieldsOf(api, schema).map((it) =>
  [nameOf(it.name, it.required), it.type, it.about]));

function answers(api, responses) {
  return Object.entries(responses).map(([status, it]) => {
    const [kind, content] = Object.entries(it.content ?? {})[0] ?? [];
    const good = status < 300;
    return html`<div class="stack tight">
      <p><span class="strong">${status}</span> ${it.description ?? ""}
        <span class="soft">${content ? (kind === "application/json" ? typeOf(api, content.schema) : kind) : ""}</span></p>
      ${good && content && fields(api, content.schema)}
    </div>`;
  });
}

/** An address as it stands in the list. `call` sends it and gives back what came. */
export function operation(api, { method, path, it, open, answer }, { onOpen, call }) {
  const content = it.requestBody?.content ?? {};
  const isForm = Boolean(content["multipart/form-data"]);
  const schema = Object.values(content)[0]?.schema;
  const parameters = it.parameters ?? [];
  const send = (event) => {
    event.preventDefault();
    call(new FormData(event.target));
  };
  return html`<details class="operation" id=${`${method}${path}`} ?open=${open} @toggle=${(event) => onOpen(event.target.open)}>
    <summary><span class=${`method ${method}`}>${method.toUpperCase()}</span><code>${path}</code><span class="soft">${it.summary}</span></summary>
    ${open && html`<div class="stack">
      ${it.description && html`<p>${it.description}</p>`}
      ${parameters.length > 0 && html`<h3>Takes</h3>`}
      ${table(["Parameter", "Where", "Is", "What it means"], parameters.map((p) => {
        const known = resolved(api, p);
        return [nameOf(known.name, known.required), known.in, typeOf(api, known.schema), known.description ?? ""];
      }))}
      ${schema && html`<h3>Body${isForm ? ", as a form" : ""}</h3>`}
      ${schema && fields(api, schema)}
      <h3>Answers</h3>
      ${answers(api, it.responses)}
      <h3>Call it</h3>
      <form class="stack" @submit=${send}>
        <div class="inputs">${parameters.filter((p) => p.in !== "header").map((p) => html`<label class="stack tight">
          <span class="small">${p.name}</span><input name=${`${p.in}:${p.name}`} ?required=${p.required}></label>`)}
          ${isForm && html`<label class="stack tight"><span class="small">file</span><input type="file" name="file"></label>`}
        </div>
        ${schema && !isForm && html`<label class="stack tight"><span class="small">Body</span>
          <textarea name="body" spellcheck="false" .value=${example(api, schema)}></textarea></label>`}
        <div><button class="button main" type="submit">Send ${method.toUpperCase()}</button></div>
      </form>
      <div role="status" class="stack tight">${answer && html`<p><span class="strong">${answer.status}</span>
        <span class="soft">${answer.time} ms</span></p><pre class="answer">${answer.text}</pre>`}</div>
    </div>`}
  </details>`;
}
