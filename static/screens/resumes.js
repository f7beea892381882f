// My résumés: the newest opened, the others below.

import { html, keyed } from "../core/view.js";
import { get } from "../core/api.js";
import { go } from "../core/router.js";
import { bytes, when } from "../core/format.js";
import { said, t } from "../core/texts.js";
import { dropPlace } from "../parts/drop.js";
import { head, pager, ring } from "../parts/pieces.js";

export default async (page) => {
  const list = await get("/resumes/", { page: page.query.get("page") });
  const drop = dropPlace(page, (resume) => go(`/resume/${resume.id}`));
  const done = list.results.filter((it) => it.analysis_status === "completed");
  return () => html`<div class="stack wide">${head(page, t("resume.mine"), { lead: t("resume.mine-lead"),
      actions: done.length > 1 ? html`<a class="button" href=${`/resume/compare?a=${done[1].id}&b=${done[0].id}`}>${t("resume.compare")}</a>` : null })}
    ${drop()}
    ${list.results.length ? html`<section class="stack"><h2>${t("resume.history")}</h2>
      <ul class="plainlist lines card flush joblist">${list.results.map((it) => keyed(it.id, html`<li>${ring(it.total_score ?? 0, t("resume.score"))}
        <div class="stack tight"><h3><a href=${`/resume/${it.id}`}>${it.label || it.original_filename}</a></h3>
          <p class="small soft">${it.is_primary ? html`<b>${t("resume.primary")}</b> · ` : null}${it.file_type.toUpperCase()} · ${bytes(it.file_size)} · ${t("resume.pages", { n: it.pages })} · ${when(it.uploaded_at)}</p>
          ${it.analysis_status !== "completed" ? html`<p class="small">${t(`resume.${it.analysis_status}`)}${it.reason ? ` ${said(it.reason)}` : ""}</p>` : null}</div>
        <div class="aside"><a class="button little" href=${`/resume/${it.id}`} aria-label=${`${t("do.see")}: ${it.label || it.original_filename}`}>${t("do.see")}</a></div></li>`))}</ul>${pager(page, list)}</section>` : null}
  </div>`;
};
