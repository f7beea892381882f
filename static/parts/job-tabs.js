// The parts of the jobs place.

import { isRecruiter, session } from "../core/session.js";
import { t } from "../core/texts.js";
import { tabs } from "./pieces.js";

export const jobTabs = (open) => tabs(t("place.jobs"), [
  ["/jobs", t("job.find"), open === "/jobs"],
  session.user && ["/jobs/what-if", t("whatif.title"), open === "/jobs/what-if"],
  ["/jobs/market", t("market.title"), open === "/jobs/market"],
  session.user && ["/applications", t("applications.title"), open === "/applications"],
  isRecruiter() && ["/jobs/mine", t("job.mine"), open === "/jobs/mine"],
  isRecruiter() && ["/jobs/figures", t("figures.tab"), open === "/jobs/figures"],
]);
