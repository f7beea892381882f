// Text with a little form: paragraphs, lists, quotes, code, **bold**, *italic*, links. Everything becomes text nodes of
// elements that stand here; nothing of it is read as markup.

import { html } from "../core/view.js";

const INLINE = /(`[^`\n]+`)|(\*\*[^*\n]+\*\*)|(\*[^*\s][^*\n]*\*)|\[([^\]\n]+)\]\((https?:\/\/[^\s)]+|\/(?![/\\])[^\s)]*)\)|(https?:\/\/[^\s<>"')\]]+[^\s<>"')\].,;:!?])|(^|[^\w@/])@([A-Za-z0-9_-]{3,30})/g;

/** One line with its inline form. */
export function inline(text) {
  const parts = [];
  let from = 0;
  for (const found of text.matchAll(INLINE)) {
    const [all, code, bold, italic, label, address, bare, lead, name] = found;
    parts.push(text.slice(from, found.index));
    from = found.index + all.length;
    if (code) parts.push(html`<code>${code.slice(1, -1)}</code>`);
    else if (bold) parts.push(html`<strong>${bold.slice(2, -2)}</strong>`);
    else if (italic) parts.push(html`<em>${italic.slice(1, -1)}</em>`);
    else if (label) parts.push(link(address, label));
    else if (bare) parts.push(link(bare, bare));
    else parts.push(lead, html`<a href=${`/people?search=${name}`}>@${name}</a>`);
  }
  parts.push(text.slice(from));
  return parts;
}

const link = (address, label) => address.startsWith("/") ? html`<a href=${address}>${label}</a>`
  : html`<a href=${address} rel="noopener noreferrer nofollow ugc" target="_blank">${label}</a>`;

/** A whole text. */
export function rich(text) {
  const blocks = text.replaceAll("\r", "").split(/\n{2,}|(?=^```)|(?<=^```)\n(?=\n?[^`])/m);
  const shown = [];
  for (let at = 0; at < blocks.length; at += 1) {
    let block = blocks[at];
    if (block.startsWith("```")) {
      // A fence that is closed later takes in what stands between.
      while (!/\n```\s*$/.test(block) && at + 1 < blocks.length) block += `\n\n${blocks[++at]}`;
      shown.push(html`<pre class="well scroll" tabindex="0"><code>${block.replace(/^```[^\n]*\n?/, "").replace(/\n?```\s*$/, "")}</code></pre>`);
      continue;
    }
    const lines = block.split("\n").filter((line) => line.trim());
    if (!lines.length) continue;
    if (lines.every((line) => /^\s*[-*•]\s+/.test(line))) shown.push(html`<ul>${lines.map((line) => html`<li>${inline(line.replace(/^\s*[-*•]\s+/, ""))}</li>`)}</ul>`);
    else if (lines.every((line) => /^\s*\d+[.)]\s+/.test(line))) shown.push(html`<ol>${lines.map((line) => html`<li>${inline(line.replace(/^\s*\d+[.)]\s+/, ""))}</li>`)}</ol>`);
    else if (lines.every((line) => line.startsWith(">"))) shown.push(html`<blockquote>${lines.map((line) => html`${inline(line.replace(/^>\s?/, ""))}<br>`)}</blockquote>`);
    else if (/^#{1,4}\s/.test(lines[0]) && lines.length === 1) shown.push(html`<p class="strong">${inline(lines[0].replace(/^#+\s/, ""))}</p>`);
    else shown.push(html`<p>${lines.map((line, n) => html`${n ? html`<br>` : null}${inline(line)}`)}</p>`);
  }
  return html`<div class="rich stack tight">${shown}</div>`;
}
