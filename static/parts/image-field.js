// A picture of a thing: shown, replaced, removed.

import { html } from "../core/view.js";
import { remove, upload } from "../core/api.js";
import { t } from "../core/texts.js";
import { trying } from "./pieces.js";

/** `path` takes the picture by PUT; `address` is the present one or null. */
export function imageField(path, address, label) {
  const send = (event) => {
    const body = new FormData();
    body.append("file", event.target.files[0]);
    return trying(() => upload(path, body, undefined, "PUT"), { done: t("do.saved") });
  };
  return html`<section class="card row">${address ? html`<img class="picture" src=${address} alt="" loading="lazy">` : null}<div class="stack tight"><h2 class="h4">${label}</h2>
    <div class="row"><label class="button"><span>${t("settings.picture")}</span><input class="hush" type="file" accept="image/png,image/jpeg,image/webp" @change=${send}></label>
    ${address ? html`<button type="button" class="button plain" @click=${() => trying(() => remove(path), { done: t("do.saved") })}>${t("settings.picture-remove")}</button>` : null}</div><p class="small soft">${t("settings.picture-help")}</p></div></section>`;
}
