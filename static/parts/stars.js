// What people rated something, out of five.

import { html } from "../core/view.js";
import { number } from "../core/format.js";
import { t } from "../core/texts.js";
import { icon } from "./icons.js";

export const stars = (rating, count) => rating === null || rating === undefined ? html`<span class="small soft">${t("rating.none")}</span>`
  : html`<span class="stars small">${icon("star", true)} <span><b>${number(rating)}</b> <span class="soft">${count !== undefined ? t("rating.count", { n: count }) : ""}</span></span></span>`;
