// What stands where a screen could not be loaded: what happened, and what to do.

import { html } from "../core/view.js";
import { Failure } from "../core/api.js";
import { reload } from "../core/router.js";
import { mayBeSignedIn, session } from "../core/session.js";
import { t } from "../core/texts.js";
import { empty, head } from "../parts/pieces.js";

// Without a connection another try is made so often, in seconds.
const ANOTHER_TRY = 10;
// Longer than that nobody waits in front of a page.
const LONGEST_WAIT = 90;

async function again() {
  if (session.user || !mayBeSignedIn()) return reload();
  // Without an answer the browser would put a page of its own in the place of this one.
  if (await fetch(location.href).then((it) => it.ok, () => false)) location.reload();
}

// What passes by itself is tried again by itself.
function tryAgain(page, failure) {
  const wait = failure.status === 0 ? ANOTHER_TRY : failure.wait;
  if (!wait || wait > LONGEST_WAIT) return false;
  const timer = setInterval(again, wait * 1000);
  page.onLeave(() => clearInterval(timer));
  if (failure.status === 0) {
    addEventListener("online", again);
    page.onLeave(() => removeEventListener("online", again));
  }
  return true;
}

export function failed(page, failure) {
  const status = failure instanceof Failure ? failure.status : -1;
  const title = status === 404 ? t("missing.title") : status === 403 ? t("error.forbidden") : t("error.title");
  const text = status === 404 ? t("missing.what") : status === 403 ? t("error.forbidden-what") : status >= 0 ? failure.message : t("error.unknown");
  const itself = tryAgain(page, failure);
  const sign = status === 401 && `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;
  return () => html`${head(page, title)}${empty(html`${text}${itself ? ` ${t("error.again")}` : ""}`, html`<div class="row">
    ${sign ? html`<a class="button main" href=${sign}>${t("sign-in.do")}</a>` : html`<button class="button main" @click=${again}>${t("do.again")}</button>`}
    <a class="button" href="/">${t("missing.home")}</a></div>`)}`;
}
