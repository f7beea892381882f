// Writing a post, with a look at how it will read.

import { html } from "../core/view.js";
import { get, patch, post as send, versionOf } from "../core/api.js";
import { form } from "../core/form.js";
import { go } from "../core/router.js";
import { t } from "../core/texts.js";
import { head } from "../parts/pieces.js";
import { area, faults, field, sender } from "../parts/fields.js";
import { rich } from "../parts/rich.js";

export default async (page) => {
  const { id } = page.params;
  const post = id ? await get(`/community/posts/${id}/`) : { tags: [] };
  let look = false;
  const it = form(page, `post-${id ?? "new"}`, async (values, key) => {
    const saved = id ? await patch(`/community/posts/${id}/`, values, versionOf(post)) : await send("/community/posts/", values, key);
    await go(`/community/${saved.id}`);
  });
  return () => html`<div class="stack wide">${head(page, id ? t("post.edit") : t("post.new"), { back: [id ? `/community/${id}` : "/community", t("place.community")] })}
    <form class="card stack" novalidate @submit=${it.submit}>${faults(it)}${field(it, { name: "title", label: t("job.title"), value: post.title, max: 300, required: true })}
      ${area(it, { name: "content", label: t("post.content"), help: t("rich.help"), value: post.content, rows: 12, max: 20000, required: true })}
      ${field(it, { name: "tags", label: t("post.tags"), help: t("post.tags-help"), kind: "list", value: post.tags.join(", "), optional: true })}
      <div class="row">${sender(it, id ? t("do.save") : t("post.publish"))}<button type="button" class="button" aria-pressed=${String(look)} @click=${() => { look = !look; page.update(); }}>${t("post.look")}</button></div></form>
    ${look ? html`<section class="card" aria-label=${t("post.look")}>${rich(it.value("content", post.content))}</section>` : null}</div>`;
};
