// Calls of the API: token, one quiet renewal, conditional requests, and failures that say what to do.

import { mayBeSignedIn, session, signedIn, signedOut } from "./session.js";
import { said, t } from "./texts.js";

/** A call that did not succeed. `fields` holds the faults by field; `message` is for people. */
export class Failure extends Error {
  constructor(status, body, response) {
    super(sentence(status, body, response));
    this.status = status;
    this.kind = body?.error ?? "";
    this.fields = Object.fromEntries(Object.entries(body?.field_errors ?? {}).map(([name, faults]) => [name, faults.map(said)]));
    this.wait = Number(response?.headers.get("Retry-After")) || 0;
    this.requestId = body?.request_id ?? response?.headers.get("X-Request-Id") ?? "";
  }
}

function sentence(status, body, response) {
  const detail = body?.detail ?? "";
  if (status === 0) return t("error.offline");
  if (status === 429) return t("error.wait", { wait: span(Number(response?.headers.get("Retry-After")) || 60) });
  if (status === 412) return t("error.changed");
  if (status === 503 && detail) return said(detail);
  if (status >= 500) return t("error.ours", { id: body?.request_id ?? response?.headers.get("X-Request-Id") ?? "–" });
  const whole = body?.field_errors?.non_field_errors?.map(said).join(" ");
  return whole || said(detail) || t("error.unknown");
}

const span = (seconds) => seconds < 90 ? t("time.seconds", { n: seconds }) : t("time.minutes", { n: Math.ceil(seconds / 60) });

// What was answered before, with its version: an unchanged answer travels as 304.
const seen = new Map();
const SEEN_AT_MOST = 200;

export function forgetAll() {
  seen.clear();
}

let renewing = null;

/** Asks for a new access token by the cookie; true when there is one, and false when the sign-in has ended. */
export function renew() {
  renewing ??= (async () => {
    try {
      const answer = await fetch("/api/auth/cookie/refresh/", { method: "POST", headers: { "X-Requested-With": "careerd" } });
      if (answer.ok) {
        signedIn((await answer.json()).access);
        return true;
      }
      if (answer.status !== 401 && answer.status !== 403) throw new Failure(answer.status, await answer.json().catch(() => null), answer);
      signedOut();
      return false;
    } catch (failure) {
      throw failure instanceof Failure ? failure : new Failure(0);
    }
  })().finally(() => { renewing = null; });
  return renewing;
}

/** Finds out who is here, at the start. */
export async function resume() {
  if (!mayBeSignedIn() || !(await renew())) return;
  try {
    signedIn(session.access, await get("/users/me/"));
  } catch (failure) {
    if (failure.status === 401 || failure.status === 403) signedOut();
    else throw failure;
  }
}

async function send(method, path, { body, headers = {}, file } = {}) {
  const init = { method, headers: { ...headers } };
  if (session.access) init.headers.Authorization = `Bearer ${session.access}`;
  if (body !== undefined) {
    init.headers["Content-Type"] = "application/json";
    init.body = JSON.stringify(body);
  }
  if (file) init.body = file;
  try {
    return await fetch(`/api${path}`, init);
  } catch {
    throw new Failure(0);
  }
}

async function call(method, path, options = {}) {
  const known = method === "GET" ? seen.get(path) : null;
  const headers = { ...options.headers };
  // A version belongs to who asked; signing in or out forgets all of them.
  if (known) headers["If-None-Match"] = known.tag;
  let response = await send(method, path, { ...options, headers });
  if (response.status === 401 && session.access && !options.once && (await renew())) {
    response = await send(method, path, { ...options, headers });
  }
  if (response.status === 304 && known) return structuredClone(known.body);
  if (response.status === 204) return null;
  if (options.blob && response.ok) return response.blob();
  let body = null;
  try { body = await response.json(); } catch { /* An answer without JSON is told by its status. */ }
  if (!response.ok) throw new Failure(response.status, body, response);
  const tag = response.headers.get("ETag");
  if (method === "GET" && tag) {
    if (seen.size >= SEEN_AT_MOST) seen.delete(seen.keys().next().value);
    seen.set(path, { tag, body: structuredClone(body) });
  }
  return body;
}

/** The query of an address; empty values are left out, arrays repeat. */
export function query(values) {
  const pairs = Object.entries(values).flatMap(([name, value]) => [value].flat().map((it) => [name, it]));
  const kept = pairs.filter(([, value]) => value !== undefined && value !== null && value !== "");
  return kept.length ? `?${new URLSearchParams(kept)}` : "";
}

export const get = (path, values) => call("GET", path + (values ? query(values) : ""));
/** Like `get`, but what is absent or not open to this caller is null. */
export const maybe = (path, values) => get(path, values).catch((failure) => {
  if ([403, 404].includes(failure.status)) return null;
  throw failure;
});
export const post = (path, body = {}, key) =>
  call("POST", path, { body, headers: key ? { "Idempotency-Key": key } : {} });
/** A question whose 401 is an answer, such as a password. */
export const ask = (path, body, method = "POST") => call(method, path, { body, once: true });
export const put = (path, body) => call("PUT", path, { body });
export const patch = (path, body, version) =>
  call("PATCH", path, { body, headers: version ? { "If-Match": version } : {} });
export const remove = (path, body) => call("DELETE", path, { body });
export const blob = (path) => call("GET", path, { blob: true });

/** The version of an object as `If-Match` names it. */
export const versionOf = (row) => row?.updated_at ? `"${micros(row.updated_at)}-0"` : undefined;

function micros(moment) {
  const [, whole, fraction = ""] = moment.match(/^(.*?)(?:\.(\d+))?Z$/) ?? [];
  return whole ? `${Date.parse(`${whole}Z`) / 1000}${fraction.padEnd(6, "0").slice(0, 6)}` : "";
}

/** Sends a file with progress from 0 to 1. */
export async function upload(path, form, onProgress = () => {}, method = "POST") {
  const once = () => new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open(method, `/api${path}`);
    if (session.access) request.setRequestHeader("Authorization", `Bearer ${session.access}`);
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onerror = () => resolve({ status: 0 });
    request.onload = () => {
      let body = null;
      try { body = JSON.parse(request.responseText); } catch { /* told by its status */ }
      resolve({ status: request.status, body, headers: { get: (name) => request.getResponseHeader(name) } });
    };
    request.send(form);
  });
  let answer = await once();
  if (answer.status === 401 && (await renew())) answer = await once();
  if (answer.status >= 200 && answer.status < 300) return answer.body;
  throw new Failure(answer.status, answer.body, answer.status ? answer : undefined);
}

/** Hands a stored file to the person, under its own name. */
export const download = async (path, name) => hand(await blob(path), name);

/** Hands data to the person as a file. */
export function hand(data, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(data);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
