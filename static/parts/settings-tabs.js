// The parts of the settings.

import { t } from "../core/texts.js";
import { tabs } from "./pieces.js";

export const settingsTabs = (open) => tabs(t("shell.settings"), [
  ["/settings", t("settings.profile"), open === "profile"],
  ["/settings/security", t("settings.security"), open === "security"],
  ["/settings/notifications", t("settings.notifications"), open === "notifications"],
  ["/settings/data", t("settings.data"), open === "data"],
]);
