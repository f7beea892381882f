// Asking somebody to connect.

import { html } from "../core/view.js";
import { post } from "../core/api.js";
import { t } from "../core/texts.js";
import { toast } from "./pieces.js";

export function connectButton(page, id) {
  let asked = false;
  const ask = async () => {
    try {
      const { status } = await post("/connections/", { user_id: id });
      asked = true;
      toast(t(status === "accepted" ? "connections.now" : "connections.asked"));
      page.update();
    } catch (failure) { toast(failure.message, "gap"); }
  };
  return () => html`<button class="button" ?disabled=${asked} @click=${ask}>${asked ? t("connections.waiting") : t("connections.ask")}</button>`;
}
