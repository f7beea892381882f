// My profile as others see it, and my picture.

import { html } from "../core/view.js";
import { get, patch, remove, upload, versionOf } from "../core/api.js";
import { form } from "../core/form.js";
import { reload } from "../core/router.js";
import { changedUser } from "../core/session.js";
import { t, word } from "../core/texts.js";
import { avatar, head, toast, trying } from "../parts/pieces.js";
import { area, faults, field, select, sender, tick } from "../parts/fields.js";
import { settingsTabs } from "../parts/settings-tabs.js";

const LINKS = ["website", "github_url", "linkedin_url", "twitter_url", "telegram_url"];

export default async (page) => {
  const user = await get("/users/me/");
  const it = form(page, "profile", async (values) => {
    changedUser(await patch("/users/me/", values, versionOf(user)));
    toast(t("do.saved"));
    await reload();
  });
  const picture = async (event) => {
    const body = new FormData();
    body.append("file", event.target.files[0]);
    const saved = await trying(() => upload("/users/me/avatar/", body, undefined, "PUT"), { done: t("do.saved") });
    if (saved) changedUser({ ...user, ...saved });
  };
  const drop = async () => { if ((await trying(() => remove("/users/me/avatar/"))) !== undefined) changedUser({ ...user, profile_picture: null }); };
  return () => html`<div class="stack wide">${head(page, t("shell.settings"))}${settingsTabs("profile")}
    <section class="card row"><span>${avatar(user, "big")}</span><div class="stack tight"><label class="button"><span>${t("settings.picture")}</span><input class="hush" type="file" accept="image/png,image/jpeg,image/webp" @change=${picture}></label>
      <p class="small soft">${t("settings.picture-help")}</p>${user.profile_picture ? html`<button class="link small" @click=${drop}>${t("settings.picture-remove")}</button>` : null}</div></section>
    <form class="card stack" novalidate @submit=${it.submit}>${faults(it)}
      <div class="fields">${field(it, { name: "first_name", label: t("sign-up.first"), value: user.first_name, max: 150, autocomplete: "given-name" })}${field(it, { name: "last_name", label: t("sign-up.last"), value: user.last_name, max: 150, autocomplete: "family-name" })}
        ${field(it, { name: "username", label: t("sign-up.username"), value: user.username, max: 30, caps: "none" })}${field(it, { name: "title", label: t("settings.title"), value: user.title, max: 100, autocomplete: "organization-title" })}</div>
      ${area(it, { name: "bio", label: t("settings.bio"), help: t("settings.bio-help"), value: user.bio, max: 500, rows: 4, optional: true })}
      ${field(it, { name: "career_goal", label: t("people.goal"), value: user.career_goal, max: 500, optional: true })}
      <div class="fields">${field(it, { name: "location", label: t("welcome.location"), value: user.location, max: 100, optional: true })}
        ${select(it, { name: "experience_level", label: t("welcome.level"), value: user.experience_level ?? "", rows: [["", "–"], ...["entry", "junior", "mid", "senior", "lead"].map((level) => [level, word("experience", level)])] })}
        ${select(it, { name: "learning_style", label: t("settings.learning"), value: user.learning_style ?? "", rows: [["", "–"], ...["visual", "reading", "hands-on", "mixed"].map((style) => [style, t(`style.${style}`)])] })}</div>
      ${tick(it, { name: "open_to_remote", label: t("welcome.remote"), value: user.open_to_remote })}
      <div class="fields">${LINKS.map((name) => field(it, { name, label: t(`settings.${name}`), type: "url", value: user[name], optional: true }))}</div>${sender(it, t("do.save"))}</form></div>`;
};
