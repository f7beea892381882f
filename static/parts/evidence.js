// Where in a résumé something was found, shown in its own words.

import { html, keyed } from "../core/view.js";
import { t } from "../core/texts.js";

/** Confidence in words. */
export const sure = (confidence) => t(confidence >= 0.7 ? "sure.sure" : confidence >= 0.5 ? "sure.likely" : "sure.maybe");

/** One line of evidence with the found words marked. */
export function evidenceLine(evidence) {
  const found = evidence?.found[0];
  if (!found) return null;
  const letters = [...found.text];
  return html`<p class="small soft">“${letters.slice(0, found.start).join("")}<mark>${letters.slice(found.start, found.end).join("")}</mark>${letters.slice(found.end).join("")}”</p>`;
}

/** The whole text with every found place marked; a mark says of what it is evidence. */
export function markedText(text, evidence, { lit, focus }) {
  const lines = text.split("\n");
  const marks = new Map();
  for (const { skill, confidence, found } of evidence) {
    for (const place of found) {
      const at = nearest(lines, place);
      if (at < 0) continue;
      const row = marks.get(at) ?? [];
      row.push({ skill, confidence, why: place.why, start: place.start, end: place.end });
      marks.set(at, row);
    }
  }
  return html`<div class="page-text" tabindex="0" role="region" aria-label=${t("resume.text")}>${lines.map((line, at) => keyed(at, html`${marked(line, marks.get(at), lit, focus)}${"\n"}`))}</div>`;
}

// Page and line say roughly where; the line's own text says exactly.
function nearest(lines, place) {
  let best = -1;
  lines.forEach((line, at) => {
    if (line.trim() === place.text.trim() && (best < 0 || Math.abs(at + 1 - place.line) < Math.abs(best + 1 - place.line))) best = at;
  });
  return best;
}

function marked(line, marks, lit, focus) {
  if (!marks) return line;
  const letters = [...line];
  const parts = [];
  let from = 0;
  for (const mark of marks.sort((a, b) => a.start - b.start)) {
    if (mark.start < from) continue;
    parts.push(letters.slice(from, mark.start).join(""));
    const look = [mark.skill === lit ? "lit" : "", mark.confidence < 0.5 ? "maybe" : ""].join(" ");
    parts.push(html`<mark class=${look} data-skill=${mark.skill} tabindex="0" title=${t("resume.mark", { skill: mark.skill, sure: sure(mark.confidence), why: t(`why.${mark.why}`) })}
      role="button" @click=${() => focus(mark.skill)} @keydown=${(event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); focus(mark.skill); } }}>${letters.slice(mark.start, mark.end).join("")}</mark>`);
    from = mark.end;
  }
  parts.push(letters.slice(from).join(""));
  return parts;
}
