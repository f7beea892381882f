// Where a résumé is dropped or chosen: sends it with progress, then follows its reading until something is found.

import { html } from "../core/view.js";
import { Failure, get, upload } from "../core/api.js";
import { t } from "../core/texts.js";
import { onNotification } from "./bell.js";
import { icon } from "./icons.js";
import { bar, note } from "./pieces.js";

const PENDING = ["pending", "analyzing"];
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until a résumé has been read; the stream may tell sooner than asking does. */
export async function untilRead(resume, isGone = () => false) {
  let wake = () => {};
  const stop = onNotification(() => wake());
  try {
    for (let wait = 600; PENDING.includes(resume.analysis_status) && !isGone(); wait = Math.min(wait * 1.4, 5000)) {
      await Promise.race([pause(wait), new Promise((resolve) => { wake = resolve; })]);
      resume = await get(`/resumes/${resume.id}/`);
    }
  } finally { stop(); }
  return resume;
}

/** The place to drop; `read(resume)` is called when it has been read. */
export function dropPlace(page, read) {
  const it = { state: "", share: 0, over: false, fault: "" };
  let gone = false;
  page.onLeave(() => { gone = true; });
  const send = async (file) => {
    if (!file || it.state) return;
    Object.assign(it, { state: "sending", share: 0, fault: "" });
    page.update();
    try {
      const body = new FormData();
      body.append("file", file);
      const resume = await upload("/resumes/", body, (share) => { it.share = share; page.update(); });
      it.state = "reading";
      page.update();
      const done = await untilRead(resume, () => gone);
      it.state = "";
      if (!gone) await read(done);
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure;
      Object.assign(it, { state: "", fault: failure.fields.file?.join(" ") ?? failure.message });
      page.update();
    }
  };
  const drag = (over) => (event) => { event.preventDefault(); if (it.over !== over) { it.over = over; page.update(); } };
  return () => html`<div class=${it.over ? "drop over" : "drop"} @dragover=${drag(true)} @dragleave=${drag(false)}
      @drop=${(event) => { drag(false)(event); send(event.dataTransfer.files[0]); }}>
    ${icon("upload")}
    <div role="status" class="stack tight">${it.state === "sending" ? html`<p>${t("drop.sending", { n: Math.round(it.share * 100) })}</p>${bar(it.share, 1, t("drop.here"))}`
      : it.state === "reading" ? html`<p>${t("drop.reading")}</p>` : html`<p class="strong">${t("drop.here")}</p><p class="soft small">${t("drop.or")}</p>`}</div>
    ${it.state ? null : html`<label class="button"><span>${t("drop.choose")}</span><input class="hush" type="file" accept=".pdf,.docx,.odt,.txt,.md"
      @change=${(event) => send(event.target.files[0])}></label>`}
    ${it.fault && note("gap", it.fault)}
    <p class="small soft">${t("drop.private")}</p></div>`;
}
