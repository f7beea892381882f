// The parts of the projects place.

import { isInstructor, session } from "../core/session.js";
import { t } from "../core/texts.js";
import { tabs } from "./pieces.js";

export const projectTabs = (open) => session.user ? tabs(t("place.projects"), [
  ["/projects", t("learn.catalogue"), open === "/projects"],
  ["/projects/mine", t("project.mine"), open === "/projects/mine"],
  isInstructor() && ["/projects/new", t("project.new"), open === "/projects/new"],
]) : null;
