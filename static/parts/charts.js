// Small charts: each has a title, a description for screen readers, values on focus, and its table behind a toggle.

import { html, svg } from "../core/view.js";
import { day, month, number } from "../core/format.js";
import { t } from "../core/texts.js";

const table = (label, rows) => html`<details class="small"><summary>${t("chart.table")}</summary><div class="scroll"><table><caption class="hush">${label}</caption><tbody>${rows.map(([name, value]) =>
  html`<tr><th scope="row">${name}</th><td>${value === null ? t("chart.withheld") : number(value)}</td></tr>`)}</tbody></table></div></details>`;

// Where a chart is wider than the screen, what is newest is seen first.
const toEnd = (node) => { node.scrollLeft = node.scrollWidth; };

/** A line over rows of [month, number], the month as 2026-03. */
export function lineChart(label, rows) {
  const most = Math.max(1, ...rows.map(([, value]) => value ?? 0));
  const x = (at) => 30 + at * (600 / Math.max(1, rows.length - 1));
  const y = (value) => 130 - (value ?? 0) / most * 110;
  return html`<figure class="stack tight"><div class="scroll" tabindex="0" role="region" aria-label=${label} .ref=${toEnd}><svg class="chart line-chart" viewBox="0 0 660 160" role="img" aria-label=${`${label}: ${rows.map(([name, value]) => `${name} ${value ?? "–"}`).join(", ")}`}>
    ${svg`<line class="axis" x1="30" x2="640" y1="130" y2="130"></line><line class="axis" x1="30" x2="640" y1="20" y2="20"></line><text x="22" y="24" text-anchor="end">${number(most)}</text><text x="22" y="134" text-anchor="end">0</text>`}
    ${svg`<polyline class="line" points=${rows.map(([, value], at) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`).join(" ")}></polyline>`}
    ${rows.map(([name, value], at) => svg`<g><circle class="mark" cx=${x(at)} cy=${y(value)} r="4"><title>${`${name}: ${value ?? "–"}`}</title></circle></g>`)}
    ${rows.map(([name], at) => rows.length <= 12 || at % 2 === 0 ? svg`<text x=${x(at)} y="152" text-anchor="middle">${name.endsWith("-01") ? name.slice(0, 4) : month(name)}</text>` : null)}</svg></div>${table(label, rows)}</figure>`;
}

const barRow = (name, shown, part) => html`<li><div class="row between nowrap small"><span>${name}</span><b>${shown}</b></div><div class="bar" aria-hidden="true"><span .scale=${part}></span></div></li>`;

/** Bars for rows of [name, number], widest first as given; `told` says how a number reads. */
export function bars(label, rows, told = number) {
  const most = Math.max(1, ...rows.map(([, value]) => value ?? 0));
  return html`<ul class="plainlist stack tight" aria-label=${label}>${rows.map(([name, value]) => barRow(name, value === null ? t("chart.withheld") : told(value), (value ?? 0) / most))}</ul>`;
}

/** How many of the first are left at each step: rows of [name, number], each with its share of the first. */
export function funnel(label, rows) {
  const first = rows[0][1];
  const share = (value) => first ? ` · ${number(value / first * 100)}\u00a0%` : "";
  return html`<ol class="plainlist funnel" aria-label=${label}>${rows.map(([name, value], at) => html`<li><svg viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">
      <polygon points=${slope(value, rows[at + 1]?.[1] ?? value, first)}></polygon></svg><span class="row between nowrap small"><span>${name}</span><b>${value === null ? t("chart.withheld") : `${number(value)}${at ? share(value) : ""}`}</b></span></li>`)}</ol>`;
}

// From this step's width to the next one's, in the middle.
function slope(value, next, first) {
  const half = (n) => Math.max(0.6, (n ?? 0) / (first || 1) * 50);
  return [[-1, value, 0], [1, value, 0], [1, next, 12], [-1, next, 12]].map(([side, n, y]) => `${50 + side * half(n)},${y}`).join(" ");
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
  // A month's name stands over the week in which it begins, where there is room for it.
  const months = cells.filter(([week, , , name]) => name.endsWith("-01") && week < 51);
  const sum = Object.values(days).reduce((all, n) => all + n, 0);
  return html`<figure class="stack tight"><div class="scroll" tabindex="0" role="region" aria-label=${label} .ref=${toEnd}><svg class="heat chart" viewBox="0 0 690 112" role="img" aria-label=${t("chart.heat", { n: sum })}>
    ${months.map(([week, , , name]) => svg`<text x=${week * 13} y="10">${month(name)}</text>`)}
    ${cells.map(([week, at, n, name]) => svg`<rect class=${n ? `h${Math.min(4, Math.ceil(n / most * 4))}` : ""} x=${week * 13} y=${at * 13 + 18} width="11" height="11" rx="2"><title>${`${day(name)}: ${n}`}</title></rect>`)}</svg></div>
    <p class="row small soft heat-key" aria-hidden="true"><span>${t("chart.less")}</span><svg class="heat" viewBox="0 0 63 11" width="63" height="11">${[0, 1, 2, 3, 4].map((step) => svg`<rect class=${`h${step}`} x=${step * 13} width="11" height="11" rx="2"></rect>`)}</svg><span>${t("chart.more")}</span></p>
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

