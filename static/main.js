// The application begins here: who is here, which language, which screen.

import { resume, forgetAll } from "./core/api.js";
import { html, render } from "./core/view.js";
import { keepingFocus } from "./core/focus.js";
import { loadTexts, t } from "./core/texts.js";
import { HINT, onSession, session, signedOut } from "./core/session.js";
import { go, startRouter } from "./core/router.js";
import { shell } from "./parts/shell.js";
import { startBell } from "./parts/bell.js";
import { toast } from "./parts/pieces.js";
import { screens } from "./screens/index.js";

const root = document.getElementById("app");
let last = null;

function show(page, content, before) {
  last = [page, content];
  keepingFocus(() => render(shell(page, html`<div class="screen" data-screen=${page.path}>${[{ ...content, key: page.path }]}</div>`), root));
  document.title = page.title ? `${page.title} · careerd` : "careerd";
  if (before && before.path !== page.path) document.getElementById("said").textContent = page.title;
}

const redraw = () => { if (last) show(...last); };

addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if ((event.key === "/" && !typing) || (event.key === "k" && (event.ctrlKey || event.metaKey))) {
    event.preventDefault();
    document.getElementById("q")?.focus();
  }
});

// Signing out in one window signs out the others.
addEventListener("storage", (event) => { if (event.key === HINT && event.newValue === null) signedOut(); });

let who = null;
onSession(() => {
  if (who !== (session.user?.id ?? null)) forgetAll();
  const was = who;
  who = session.user?.id ?? null;
  // A sign-in that ended by itself leads to the page that says so, and back here afterwards.
  if (was && !who && location.pathname !== "/") go(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
  else redraw();
});

// Who is here may stay unknown for a while, without a connection or after too many calls: then nobody is sent to sign in.
await loadTexts();
const fault = await resume().then(() => null, (failure) => failure);
root.replaceChildren();
await startRouter(fault ? [["/*", async () => ({ default: () => { throw fault; } })]] : screens, show);
startBell(redraw);
document.documentElement.classList.add("ready");
addEventListener("offline", () => toast(t("error.offline"), "gap"));
addEventListener("online", () => {
  for (const told of document.querySelectorAll("#toasts .gap")) told.remove();
  toast(t("error.online"));
});
