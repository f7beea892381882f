// Signing this browser out.

import { forgetAll } from "../core/api.js";
import { signedOut } from "../core/session.js";
import { go } from "../core/router.js";

export async function signOut() {
  try {
    await fetch("/api/auth/cookie/", { method: "DELETE", headers: { "X-Requested-With": "careerd" } });
  } finally {
    forgetAll();
    signedOut();
    go("/");
  }
}
