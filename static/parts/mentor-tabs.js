// The parts of the mentors place.

import { session } from "../core/session.js";
import { t } from "../core/texts.js";
import { tabs } from "./pieces.js";

export const mentorTabs = (open) => session.user ? tabs(t("place.mentors"), [
  ["/mentors", t("mentor.find"), open === "/mentors"],
  ["/mentoring", t("session.mine"), open === "/mentoring"],
  ["/mentors/edit", session.user.is_mentor ? t("mentor.mine") : t("mentor.become"), open === "/mentors/edit"],
]) : null;
