// What the search box suggests while somebody types.

import { maybe } from "../core/api.js";

let timer = null;

export function suggestions(event) {
  clearTimeout(timer);
  const { value } = event.target;
  const list = document.getElementById(event.target.getAttribute("list"));
  if (value.trim().length < 2 || [...list.options].some((it) => it.value === value)) return;
  timer = setTimeout(async () => {
    const found = await maybe("/search/suggest/", { q: value.trim().slice(0, 50) }).catch(() => null);
    if (found) list.replaceChildren(...found.map((it) => Object.assign(document.createElement("option"), { value: it.text })));
  }, 250);
}
