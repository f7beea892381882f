// Asking somebody to connect.

import { html } from "../core/view.js";
import { post } from "../core/api.js";
import { t } from "../core/texts.js";
import { toast } from "./pieces.js";

export function connectButton(page, id) {
  let status = null;
  const ask = async () => {
    try {
      ({ status } = await post("/connections/", { user_id: id }));
      toast(t(status === "accepted" ? "connections.now" : "connections.asked"));
      page.update();
    } catch (failure) { toast(failure.message, "gap"); }
  };
  return () => html`<button class="button" ?disabled=${status} @click=${ask}>${t(status === "accepted" ? "connections.accepted" : status ? "connections.waiting" : "connections.ask")}</button>`;
}
