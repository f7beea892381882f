// Administration: its parts, each a module of its own.

import { html } from "../core/view.js";
import { isAdmin, isModerator } from "../core/session.js";
import { t } from "../core/texts.js";
import { empty, head, tabs } from "../parts/pieces.js";

const PARTS = {
  overview: () => import("./admin/overview.js"),
  members: () => import("./admin/members.js"),
  mentors: () => import("./admin/mentors.js"),
  moderation: () => import("./admin/moderation.js"),
  content: () => import("./admin/content.js"),
  skills: () => import("./admin/skills.js"),
  achievements: () => import("./admin/achievements.js"),
  deleted: () => import("./admin/deleted.js"),
  tasks: () => import("./admin/tasks.js"),
  schedule: () => import("./admin/schedule.js"),
  audit: () => import("./admin/audit.js"),
  usage: () => import("./admin/usage.js"),
  settings: () => import("./admin/settings.js"),
  storage: () => import("./admin/storage.js"),
};

export default async (page) => {
  const [, , asked = isAdmin() ? "overview" : "moderation", id] = page.path.split("/");
  const name = asked || "overview";
  const allowed = isAdmin() || (isModerator() && name === "moderation");
  if (!allowed || !PARTS[name]) return () => html`${head(page, t(allowed ? "missing.title" : "error.forbidden"))}${empty(t(allowed ? "missing.what" : "error.forbidden-what"), html`<a class="button" href="/">${t("missing.home")}</a>`)}`;
  const view = await (id && name === "members" ? await import("./admin/member.js") : await PARTS[name]()).default(page, id);
  const open = Object.keys(PARTS).filter((it) => isAdmin() || it === "moderation");
  return () => html`<div class="stack wide">${head(page, t(name === "content" ? "admin.content-of" : `admin.${name}`))}
    ${tabs(t("place.admin"), open.map((it) => [it === "overview" ? "/admin" : `/admin/${it}`, t(it === "content" ? "admin.content-of" : `admin.${it}`), it === name]))}${view()}</div>`;
};
