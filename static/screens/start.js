// What a visitor sees first.

import { html } from "../core/view.js";
import { maybe } from "../core/api.js";
import { t } from "../core/texts.js";
import { jobRows } from "../parts/jobs.js";

export async function screen(page) {
  const jobs = await maybe("/jobs/", { page_size: 4 });
  page.title = "";
  return () => html`<div class="stack wide">
    <section class="hero">
      <div class="stack wide"><div class="stack"><h1 tabindex="-1">${t("start.title")}</h1><p class="lead">${t("start.lead")}</p></div>
        <div class="row"><a class="button main" href="/sign-up">${t("start.sign-up")}</a><a class="button" href="/sign-in">${t("sign-in.do")}</a></div></div>
      <div><h2 class="hush">${t("start.how")}</h2><ol class="steps card">${[1, 2, 3].map((n) => html`<li><div><h3>${t(`start.step${n}`)}</h3><p class="soft">${t(`start.step${n}-what`)}</p></div></li>`)}</ol></div>
    </section>
    ${jobs?.results.length ? html`<section class="stack"><div class="row between"><h2>${t("start.open")}</h2><a href="/jobs">${t("do.all")}</a></div>
      <ul class="plainlist lines card flush joblist">${jobRows(jobs.results)}</ul></section>` : null}
  </div>`;
}
