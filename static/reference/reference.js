// The reference of the interface, made from its own description.
import { html, keyed, render } from "../core/view.js";
import { operation } from "./operation.js";

const METHODS = ["get", "post", "put", "patch", "delete"];
const state = { api: null, all: [], words: "", token: "", failed: false };
const root = document.getElementById("app");

function show() {
  render(page(), root);
}

/** The address with what was written in the form, and its body. */
function callOf(one, form) {
  let path = one.path;
  const query = new URLSearchParams();
  for (const [name, value] of form) {
    const [where, key] = name.split(":");
    if (where === "path") path = path.replace(`{${key}}`, encodeURIComponent(value));
    if (where === "query" && value) query.append(key, value);
  }
  const headers = state.token ? { Authorization: `Bearer ${state.token}` } : {};
  let body;
  if (form.get("file")?.size) {
    body = new FormData();
    body.append("file", form.get("file"));
  } else if (form.has("body")) {
    body = form.get("body");
    headers["Content-Type"] = "application/json";
  }
  const asked = query.size > 0 ? `${path}?${query}` : path;
  return [asked, { method: one.method.toUpperCase(), headers, body }];
}

async function call(one, form) {
  const begun = performance.now();
  try {
    const answer = await fetch(...callOf(one, form));
    const text = await answer.text();
    const isJson = answer.headers.get("content-type")?.includes("json");
    one.answer = {
      status: `${answer.status} ${answer.statusText}`,
      time: Math.round(performance.now() - begun),
      text: isJson && text ? JSON.stringify(JSON.parse(text), null, 2) : text,
    };
  } catch {
    one.answer = { status: "No answer came.", time: Math.round(performance.now() - begun), text: "" };
  }
  show();
}

const fits = (one) => state.words.toLowerCase().split(/\s+/)
  .every((word) => `${one.method} ${one.path} ${one.it.summary} ${one.tag}`.toLowerCase().includes(word));

function page() {
  if (state.failed) return html`<p class="lonely">The description could not be read. Reload the page to try again.</p>`;
  if (!state.api) return html`<p class="lonely">Reading the description …</p>`;
  const shown = state.all.filter(fits);
  const tags = [...new Set(shown.map((it) => it.tag))];
  const opened = (one) => (open) => {
    if (one.open !== open) {
      one.open = open;
      show();
    }
  };
  return html`<main class="reference">
    <nav class="stack" aria-label="Parts of the interface">
      <a class="strong" href="/">careerd</a>
      <ul>${tags.map((tag) => html`<li><a href=${`#${tag}`}>${tag}<span class="soft">${shown.filter((it) => it.tag === tag).length}</span></a></li>`)}</ul>
    </nav>
    <div class="stack wide">
      <header class="stack">
        <h1>The interface</h1>
        <p class="lead">${state.all.length} addresses. The same as a document: <a href="/api/openapi.json">OpenAPI 3.1</a>.</p>
        <div class="inputs">
          <label class="stack tight"><span class="small">Find</span>
            <input type="search" placeholder="jobs, post, session …" .value=${state.words} @input=${(event) => { state.words = event.target.value; show(); }}></label>
          <label class="stack tight"><span class="small">Access or API token, for calls from here</span>
            <input type="password" autocomplete="off" .value=${state.token} @input=${(event) => { state.token = event.target.value.trim(); }}></label>
        </div>
      </header>
      ${shown.length === 0 && html`<p>No address fits these words.</p>`}
      ${tags.map((tag) => keyed(tag, html`<section class="stack tight" id=${tag}><h2>${tag}</h2>
        ${shown.filter((it) => it.tag === tag).map((one) =>
          keyed(one.method + one.path, operation(state.api, one, { onOpen: opened(one), call: (form) => call(one, form) })))}
      </section>`))}
    </div>
  </main>`;
}

try {
  state.api = await (await fetch("/api/openapi.json")).json();
  state.all = Object.entries(state.api.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) =>
      ({ method, path, it: item[method], tag: item[method].tags?.[0] ?? "Others", open: false, answer: null })));
  state.all.sort((a, b) => a.tag.localeCompare(b.tag) || a.path.localeCompare(b.path));
  const asked = decodeURIComponent(location.hash.slice(1));
  const one = state.all.find((it) => it.method + it.path === asked);
  if (one) one.open = true;
} catch {
  state.failed = true;
}
show();
document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
