// What is to be kept elsewhere is copied with one press.

import { html } from "../core/view.js";
import { t } from "../core/texts.js";
import { icon } from "./icons.js";
import { toast } from "./pieces.js";

/** A button that copies `text`; nothing where the browser lets no page copy, as without TLS. */
export const copyButton = (text, label = t("do.copy")) => navigator.clipboard ? html`<button type="button" class="button little" @click=${async () => {
  try {
    await navigator.clipboard.writeText(text);
    toast(t("do.copied"));
  } catch {
    toast(t("do.not-copied"), "gap");
  }
}}>${icon("copy", true)} ${label}</button>` : null;
