// Numbers, money and dates as people read them.

import { html } from "./view.js";
import { language, t } from "./texts.js";

const DAY = 86_400_000;

// Made when first used, and once: making one takes longer than using it a hundred times. The language stays while a page does.
const once = (make) => {
  let made;
  return () => (made ??= make());
};
const numbers = once(() => new Intl.NumberFormat(language, { maximumFractionDigits: 1 }));
const spans = once(() => new Intl.RelativeTimeFormat(language, { numeric: "auto" }));
const days = once(() => new Intl.DateTimeFormat(language, { dateStyle: "medium" }));
const moments = once(() => new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "long" }));
const appointments = once(() => new Intl.DateTimeFormat(language, {
  weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZoneName: "short",
}));

export const number = (value) => numbers().format(value);

export const hours = (value) => t("time.hours", { n: Number(value), h: number(value) });

/** A size, in the unit in which it is easily read. */
export function bytes(value) {
  const [unit, size] = value < 1e6 ? ["kb", 1e3] : value < 1e9 ? ["mb", 1e6] : ["gb", 1e9];
  return t(`size.${unit}`, { n: number(value / size) });
}

const MONTHS = once(() => new Intl.DateTimeFormat(language, { month: "short", timeZone: "UTC" }));

/** A month by its short name, such as "Mar" of 2026-03 or of 2026-03-07. */
export const month = (date) => MONTHS().format(new Date(`${date.slice(0, 7)}-01`));

/** "2,000–3,000 USD", or null when nothing is said. */
export function salary({ salary_min: low, salary_max: high, salary_currency: currency }) {
  if (low === null && high === null) return null;
  const text = low !== null && high !== null && low !== high ? `${number(low)}–${number(high)}`
    : low !== null && high === null ? t("money.from", { n: number(low) })
    : low === null ? t("money.to", { n: number(high) }) : number(low);
  return `${text} ${currency}`;
}

/** Relative within a week, else the date. */
export function ago(moment) {
  const at = new Date(moment);
  const past = Date.now() - at;
  if (Math.abs(past) < 60_000) return t("time.now");
  if (Math.abs(past) < 3_600_000) return spans().format(-Math.round(past / 60_000), "minute");
  if (Math.abs(past) < DAY) return spans().format(-Math.round(past / 3_600_000), "hour");
  if (Math.abs(past) < 7 * DAY) return spans().format(-Math.round(past / DAY), "day");
  return day(moment);
}

export const day = (moment) => days().format(new Date(moment));

export const exact = (moment) => moments().format(new Date(moment));

/** A moment of an appointment, with its zone. */
export const appointment = (moment) => appointments().format(new Date(moment));

/** A moment in the text: short, exact on focus and for machines. */
export const when = (moment) => moment ? html`<time datetime=${moment} title=${exact(moment)}>${ago(moment)}</time>` : null;

/** How somebody is called. */
export const nameOf = (user) => user ? [user.first_name, user.last_name].filter(Boolean).join(" ") || user.username : t("people.gone");
