// Forms that lose nothing: what was typed stays, faults stand beside their fields, a double click sends once.

import { Failure } from "./api.js";
import { onSession, session } from "./session.js";

// What was typed outlives a reload of this window, and belongs to who typed it.
const KEPT = "careerd.drafts";
const kept = (() => { try { return JSON.parse(sessionStorage.getItem(KEPT)); } catch { return null; } })();
const drafts = new Map(kept?.drafts);
let owner = kept?.owner ?? null;

addEventListener("pagehide", () => {
  try { sessionStorage.setItem(KEPT, JSON.stringify({ owner, drafts: [...drafts] })); } catch { /* A full or closed store keeps nothing. */ }
});
onSession(() => {
  // A sign-in that ended by itself leaves them for the same person.
  const now = session.user?.id;
  if (now === undefined) return;
  if (owner !== null && owner !== now) drafts.clear();
  owner = now;
});

/** Forgets all that was typed, as on signing out. */
export function forgetDrafts() {
  drafts.clear();
  owner = null;
}

/** A form named `id`; `send(values, key)` makes the call. What was typed is kept under that name until it was sent. */
export function form(page, id, send, { keep = true } = {}) {
  const it = {
    id, busy: false, fields: {}, message: "", draft: (keep && drafts.get(id)) || {},
    key: crypto.randomUUID?.() ?? String(Math.random()),
    /** What stands in a field: typed, else stored. */
    value: (name, stored = "") => it.draft[name] ?? stored ?? "",
    input(event) {
      const { name, type, checked, value } = event.target;
      if (!name || type === "password" || type === "file") return;
      it.draft[name] = type === "checkbox" ? checked : value;
      if (keep) drafts.set(id, it.draft);
    },
    set(name, value) {
      it.draft[name] = value;
      if (keep) drafts.set(id, it.draft);
      page.update();
    },
    async submit(event) {
      event.preventDefault();
      if (it.busy) return;
      const element = event.target;
      Object.assign(it, { busy: true, fields: {}, message: "" });
      page.update();
      try {
        await send(read(element), it.key, event.submitter);
        drafts.delete(id);
        it.draft = {};
        it.key = crypto.randomUUID?.() ?? String(Math.random());
      } catch (failure) {
        if (!(failure instanceof Failure)) throw failure;
        // Another attempt is another wish once the server has refused this one.
        if (failure.status) it.key = crypto.randomUUID?.() ?? String(Math.random());
        const here = (name) => element.elements[name];
        const known = Object.entries(failure.fields).filter(([name]) => here(name));
        const others = Object.entries(failure.fields).filter(([name]) => !here(name) && name !== "non_field_errors");
        it.fields = Object.fromEntries(known.map(([name, faults]) => [name, faults.join(" ")]));
        it.message = known.length && !others.length ? "" :
          others.length ? others.map(([, faults]) => faults.join(" ")).join(" ") : failure.message;
        it.failure = failure;
      } finally {
        it.busy = false;
        page.update();
        const wrong = element.querySelector("[aria-invalid=true]") ?? (it.message && element.querySelector(".fault"));
        wrong?.focus?.();
      }
    },
  };
  return it;
}

/** Forgets what was typed into the form of that name. */
export const forget = (id) => drafts.delete(id);

function read(element) {
  const values = {};
  for (const field of element.elements) {
    if (!field.name || field.disabled) continue;
    if (field.type === "checkbox") values[field.name] = field.checked;
    else if (field.type === "radio") { if (field.checked) values[field.name] = field.value; }
    else if (field.type === "number") values[field.name] = field.value === "" ? null : Number(field.value);
    else if (field.dataset.kind === "list") values[field.name] = field.value.split(",").map((it) => it.trim()).filter(Boolean);
    else if (field.dataset.kind === "date") values[field.name] = field.value ? new Date(field.value).toISOString() : null;
    else if (field.dataset.kind === "id") values[field.name] = field.value ? Number(field.value) : null;
    else if (field.dataset.kind === "choice") values[field.name] = field.value || null;
    else values[field.name] = field.value;
  }
  return values;
}
