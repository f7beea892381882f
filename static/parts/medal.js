// An achievement in one line.

import { html } from "../core/view.js";
import { said, t } from "../core/texts.js";
import { icon } from "./icons.js";

export const medal = (it) => html`<span class="person"><span class=${`tier-${it.rarity}`}>${icon("trophy")}</span><span class="stack none"><span class="strong">${said(it.name)}</span>
  <span class="small soft">${t(`rarity.${it.rarity}`)} · ${t("points", { n: it.points_awarded })}</span></span></span>`;
