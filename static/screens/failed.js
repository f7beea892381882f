// What stands where a screen could not be loaded: what happened, and what to do.

import { html } from "../core/view.js";
import { Failure } from "../core/api.js";
import { reload } from "../core/router.js";
import { mayBeSignedIn, session } from "../core/session.js";
import { t } from "../core/texts.js";
import { empty, head } from "../parts/pieces.js";

export function failed(page, failure) {
  const status = failure instanceof Failure ? failure.status : -1;
  const title = status === 404 ? t("missing.title") : status === 403 ? t("error.forbidden") : t("error.title");
  const text = status === 404 ? t("missing.what") : status === 403 ? t("error.forbidden-what") : status >= 0 ? failure.message : t("error.unknown");
  const sign = status === 401 && `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;
  return () => html`${head(page, title)}${empty(text, html`<div class="row">
    ${sign ? html`<a class="button main" href=${sign}>${t("sign-in.do")}</a>` : html`<button class="button main" @click=${() => session.user || !mayBeSignedIn() ? reload() : location.reload()}>${t("do.again")}</button>`}
    <a class="button" href="/">${t("missing.home")}</a></div>`)}`;
}
