// Signing this browser out.

import { forgetAll } from "../core/api.js";
import { forgetDrafts } from "../core/form.js";
import { signedOut } from "../core/session.js";
import { t } from "../core/texts.js";
import { go } from "../core/router.js";
import { toast } from "./pieces.js";

export async function signOut() {
  try {
    await fetch("/api/auth/cookie/", { method: "DELETE", headers: { "X-Requested-With": "careerd" } });
  } catch {
    // The cookie would still sign in whoever comes next.
    toast(t("error.offline"), "gap");
    return;
  }
  forgetAll();
  forgetDrafts();
  signedOut();
  go("/");
}
