// What courses look like in lists, and the parts of the learning place.

import { html, keyed } from "../core/view.js";
import { isInstructor, session } from "../core/session.js";
import { hours } from "../core/format.js";
import { t, word } from "../core/texts.js";
import { chip, tabs } from "./pieces.js";
import { icon } from "./icons.js";
import { stars } from "./stars.js";

export const learnTabs = (open) => session.user ? tabs(t("place.learn"), [
  ["/learn", t("learn.catalogue"), open === "/learn"],
  ["/learn/mine", t("learn.mine"), open === "/learn/mine"],
  ["/learn/path", t("path.title"), open === "/learn/path"],
  isInstructor() && ["/teach", t("teach.title"), open === "/teach"],
  isInstructor() && ["/teach/figures", t("figures.tab"), open === "/teach/figures"],
]) : null;

export const cover = (it, sign) => html`<div class=${`cover c${it.id % 5}`}>${it.thumbnail ? html`<img src=${it.thumbnail} alt="" loading="lazy">` : sign}</div>`;

export const courseTiles = (courses) => courses.map((it) => keyed(it.id, html`<li class="card tile">${cover(it, icon("learn"))}<div class="inside"><h3><a href=${`/courses/${it.id}`}>${it.title}</a></h3>
  <div class="meta"><span>${word("difficulty", it.difficulty)}</span><span>${icon("clock", true)} ${hours(it.duration_hours)}</span>${stars(it.rating, it.total_ratings)}</div>
  <p class="small soft clamp">${it.description}</p><div class="chips">${it.taught_skills.slice(0, 4).map((skill) => chip(skill.name))}</div></div></li>`));

export const KINDS = { video: "video", text: "text", quiz: "quiz", exercise: "exercise", resource: "resource" };
export const DIFFICULTIES = ["beginner", "intermediate", "advanced"];
