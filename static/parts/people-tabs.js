// The parts of the people place.

import { session } from "../core/session.js";
import { t } from "../core/texts.js";
import { tabs } from "./pieces.js";

export const peopleTabs = (open) => tabs(t("place.people"), [
  ["/people", t("people.find"), open === "/people"],
  session.user && ["/connections", t("connections.title"), open === "/connections"],
  ["/leaderboard", t("leaderboard.title"), open === "/leaderboard"],
  ["/achievements", t("achievements.title"), open === "/achievements"],
]);
