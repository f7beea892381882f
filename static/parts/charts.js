// Small charts: each has a title, a description for screen readers, values on focus, and its table behind a toggle.

import { html, svg } from "../core/view.js";
import { number } from "../core/format.js";
import { t } from "../core/texts.js";

const table = (label, rows) => html`<details class="small"><summary>${t("chart.table")}</summary><div class="scroll"><table><caption class="hush">${label}</caption><tbody>${rows.map(([name, value]) =>
  html`<tr><th scope="row">${name}</th><td>${value === null ? t("chart.withheld") : number(value)}</td></tr>`)}</tbody></table></div></details>`;

// Where a chart is wider than the screen, what is newest is seen first.
const toEnd = (node) => { node.scrollLeft = node.scrollWidth; };

/** A line over rows of [name, number]. */
export function lineChart(label, rows) {
  const most = Math.max(1, ...rows.map(([, value]) => value ?? 0));
  const x = (at) => 30 + at * (600 / Math.max(1, rows.length - 1));
  const y = (value) => 130 - (value ?? 0) / most * 110;
  return html`<figure class="stack tight"><div class="scroll" tabindex="0" role="region" aria-label=${label} .ref=${toEnd}><svg class="chart" viewBox="0 0 660 160" role="img" aria-label=${`${label}: ${rows.map(([name, value]) => `${name} ${value ?? "–"}`).join(", ")}`}>
    ${svg`<line class="axis" x1="30" x2="640" y1="130" y2="130"></line><text x="0" y="24">${number(most)}</text><text x="0" y="134">0</text>`}
    ${svg`<polyline class="line" points=${rows.map(([, value], at) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`).join(" ")}></polyline>`}
    ${rows.map(([name, value], at) => svg`<g><circle class="mark" cx=${x(at)} cy=${y(value)} r="4"><title>${`${name}: ${value ?? "–"}`}</title></circle></g>`)}
    ${rows.map(([name], at) => rows.length <= 12 || at % 2 === 0 ? svg`<text x=${x(at)} y="152" text-anchor="middle">${name.slice(2)}</text>` : null)}</svg></div>${table(label, rows)}</figure>`;
}

/** Bars for rows of [name, number], widest first as given. */
export function bars(label, rows) {
  const most = Math.max(1, ...rows.map(([, value]) => value ?? 0));
  return html`<ul class="plainlist stack tight" aria-label=${label}>${rows.map(([name, value]) => html`<li><div class="row between nowrap small"><span>${name}</span><b>${value === null ? t("chart.withheld") : number(value)}</b></div><div class="bar" aria-hidden="true"><span .scale=${(value ?? 0) / most}></span></div></li>`)}</ul>`;
}

/** Days of a year in weeks; `days` is {date: number}. */
export function heatmap(label, days) {
  const end = new Date();
  const cells = [];
  const start = new Date(end.getTime() - (52 * 7 + end.getDay()) * 86_400_000);
  const most = Math.max(1, ...Object.values(days));
  for (let at = 0, day = start; day <= end; at += 1, day = new Date(day.getTime() + 86_400_000)) {
    const name = day.toISOString().slice(0, 10);
    const n = days[name] ?? 0;
    cells.push([Math.floor(at / 7), at % 7, n, name]);
  }
  const sum = Object.values(days).reduce((all, n) => all + n, 0);
  return html`<figure class="stack tight"><div class="scroll" tabindex="0" role="region" aria-label=${label} .ref=${toEnd}><svg class="heat" viewBox="0 0 690 92" width="690" height="92" role="img" aria-label=${t("chart.heat", { n: sum })}>
    ${cells.map(([week, day, n, name]) => svg`<rect class=${n ? `h${Math.min(4, Math.ceil(n / most * 4))}` : ""} x=${week * 13} y=${day * 13} width="11" height="11" rx="2"><title>${`${name}: ${n}`}</title></rect>`)}</svg></div>
    ${table(label, Object.entries(days).slice(-60))}</figure>`;
}

/** A shape over rows of [name, number], three or more. */
export function radar(label, rows) {
  const most = Math.max(1, ...rows.map(([, value]) => value));
  const at = (n, share) => [150 + Math.sin(n / rows.length * 2 * Math.PI) * 95 * share, 125 - Math.cos(n / rows.length * 2 * Math.PI) * 95 * share];
  const ringOf = (share) => rows.map((_, n) => at(n, share).map((v) => v.toFixed(1)).join(",")).join(" ");
  return html`<figure class="stack tight"><svg class="chart radar" viewBox="-50 0 400 260" role="img" aria-label=${`${label}: ${rows.map(([name, value]) => `${name} ${value}`).join(", ")}`}>
    ${[0.25, 0.5, 0.75, 1].map((share) => svg`<polygon class="axis" points=${ringOf(share)}></polygon>`)}
    ${svg`<polygon class="area" points=${rows.map(([, value], n) => at(n, value / most).map((v) => v.toFixed(1)).join(",")).join(" ")}></polygon>`}
    ${rows.map(([name, value], n) => { const [x, y] = at(n, 1.16); return svg`<text x=${x.toFixed(1)} y=${(y + 4).toFixed(1)} text-anchor=${x < 140 ? "end" : x > 160 ? "start" : "middle"}>${name}<title>${`${name}: ${value}`}</title></text>`; })}</svg></figure>`;
}

