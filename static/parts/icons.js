// Our own icons, drawn on a square of 24.

import { html, svg } from "../core/view.js";

const PATHS = {
  home: "M4 11 12 4l8 7M6 9.5V20h4.5v-5h3v5H18V9.5",
  resume: "M7 3h7l4 4v14H7zM14 3v4h4M10 12h5M10 16h5",
  jobs: "M4 8h16v11H4zM9 8V5h6v3M4 13h16",
  learn: "M12 6c-2-1.5-5-1.8-8-1v13c3-.8 6-.5 8 1 2-1.5 5-1.8 8-1V5c-3-.8-6-.5-8 1zm0 0v13",
  projects: "M12 3 4 7.5v9L12 21l8-4.5v-9zM4 7.5 12 12l8-4.5M12 12v9",
  community: "M4 5h12v9H9l-4 3v-3H4zM16 9h4v9h-1v3l-4-3h-4",
  people: "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM3 20c0-4 2.5-6 6-6s6 2 6 6M16 4.5a3.5 3.5 0 0 1 0 6.5M18 14.5c2 .8 3 2.7 3 5.5",
  mentors: "M12 4 2 9l10 5 10-5zM6 11.5V17c3 3 9 3 12 0v-5.5M22 9v6",
  admin: "M12 3 5 6v5c0 5 3 8 7 10 4-2 7-5 7-10V6zM9 12l2 2 4-4",
  bell: "M6 17V11a6 6 0 0 1 12 0v6l1.5 1.5h-15zM10 21h4",
  search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5 20 20",
  more: "M5 11.4a.6.6 0 1 1 0 1.2.6.6 0 0 1 0-1.2zM12 11.4a.6.6 0 1 1 0 1.2.6.6 0 0 1 0-1.2zM19 11.4a.6.6 0 1 1 0 1.2.6.6 0 0 1 0-1.2z",
  menu: "M4 7h16M4 12h16M4 17h16",
  check: "M5 12.5 10 17.5 19.5 7",
  cross: "M6 6l12 12M18 6 6 18",
  plus: "M12 5v14M5 12h14",
  warn: "M12 4 2.5 20h19zM12 10v4.5M12 17.4v.1",
  info: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5.5M12 7.6v.1",
  star: "M12 4l2.5 5.2 5.7.8-4.1 4 1 5.6L12 17l-5.1 2.6 1-5.6-4.1-4 5.7-.8z",
  place: "M12 21c4-4.5 6.5-7.8 6.5-11a6.5 6.5 0 0 0-13 0c0 3.2 2.5 6.5 6.5 11zM12 12a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4z",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7.5V12l3 2",
  up: "M12 19V5M6 11l6-6 6 6",
  down: "M12 5v14M6 13l6 6 6-6",
  next: "M9 5l7 7-7 7",
  back: "M15 5l-7 7 7 7",
  upload: "M12 16V5M7 9.5 12 4.5l5 5M4 16v4h16v-4",
  download: "M12 4v11M7 10.5l5 5 5-5M4 16v4h16v-4",
  edit: "M4 20l1-4.5L16 4.5l3.5 3.5L8.5 19z",
  bin: "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5",
  heart: "M12 20C6 15.5 3.5 12.5 3.5 9A4.5 4.5 0 0 1 12 7a4.5 4.5 0 0 1 8.5 2c0 3.5-2.5 6.5-8.5 11z",
  comment: "M4 5h16v11H11l-5 4v-4H4z",
  flag: "M6 21V4h11l-2 4 2 4H6",
  copy: "M9 9h11v11H9zM15 9V4H4v11h5",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  link: "M10 14l4-4M8.5 11 6 13.5a3.2 3.2 0 0 0 4.5 4.5L13 15.5M15.5 13 18 10.5A3.2 3.2 0 0 0 13.5 6L11 8.5",
  sun: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.300 5.300l1.4 1.4M17.300 17.300l1.4 1.4M5.300 18.7l1.4-1.4M17.300 6.7l1.4-1.4",
  settings: "M5 7h9M18 7h1M5 17h1M10 17h9M16 9a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM8 19a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
  out: "M14 4h5v16h-5M10 8l-4 4 4 4M6 12h9",
  trophy: "M8 4h8v6a4 4 0 0 1-8 0zM8 6H4.5c0 3 1 4.5 3.7 5M16 6h3.5c0 3-1 4.5-3.7 5M12 14v3M8 20h8M9.5 20c0-2 1-3 2.5-3s2.5 1 2.5 3",
  video: "M4 6h11v12H4zM15 10.5l5-3v9l-5-3",
  text: "M5 6h14M5 10h14M5 14h14M5 18h8",
  quiz: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM9.5 9.5a2.5 2.5 0 1 1 3.5 2.300c-.7.3-1 .8-1 1.7M12 16.7v.1",
  exercise: "M8 8l-4 4 4 4M16 8l4 4-4 4M13.5 6l-3 12",
  resource: "M4 6h6l2 2.5h8V19H4z",
  fire: "M12 21c3.5 0 6-2.300 6-5.7 0-4.300-4-5.8-4.5-10.8-3 1.5-4 4.5-3.5 7-1-.3-1.7-1.2-2-2.2-1.300 1.5-2 3.5-2 5.7C6 18.7 8.5 21 12 21z",
};

// Those that point along the line of reading.
const TURNING = ["next", "back", "out"];

/** An icon that only repeats what stands beside it. */
export const icon = (name, small = false) => html`<svg class=${`icon${small ? " small" : ""}${TURNING.includes(name) ? " turning" : ""}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">${svg`<path d=${PATHS[name] ?? PATHS.info}></path>`}</svg>`;
