import { html } from "../core/view.js";
import { t } from "../core/texts.js";
import { empty, head } from "../parts/pieces.js";

export default async (page) => () => html`${head(page, t("missing.title"))}${empty(t("missing.what"), html`<a class="button main" href="/">${t("missing.home")}</a>`)}`;
