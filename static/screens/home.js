// The first page: the dashboard of a member, or what this place is.

import { session } from "../core/session.js";

export default async (page) => {
  const { screen } = await (session.user ? import("./dashboard.js") : import("./start.js"));
  return screen(page);
};
