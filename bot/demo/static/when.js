/** Moments as people say them, in the language of the page. They come as the clocks on the wall show them. */

import { stage } from "./stage.js";
import { lang } from "./words.js";

const LOCALES = { sv: "sv-SE", en: "en-GB" };

/** "mån 30 nov" or "Mon 30 Nov"; with the year when it is not this one, or when `year` asks for it. */
function day(iso, year) {
  const given = { timeZone: "UTC", weekday: "short", day: "numeric", month: "short" };
  const parts = new Intl.DateTimeFormat(LOCALES[lang()], given).formatToParts(new Date(iso.slice(0, 10)));
  const part = (type) => parts.find((one) => one.type === type).value.replace(".", "");
  const month = lang() === "en" ? part("month").slice(0, 3) : part("month");
  const words = [part("weekday"), part("day"), month];
  if (year || iso.slice(0, 4) !== stage.state.clock.now.slice(0, 4)) words.push(iso.slice(0, 4));
  return words.join(" ");
}

const time = (iso) => (lang() === "en" ? iso.slice(11, 16) : iso.slice(11, 16).replace(":", "."));
const clock = (iso) => (lang() === "en" ? time(iso) : `kl. ${time(iso)}`);

/** When something came: the clock alone when it was today. */
export function when(iso) {
  return iso.slice(0, 10) === stage.state.clock.now.slice(0, 10) ? clock(iso) : `${day(iso)} ${clock(iso)}`;
}

/** The same with its year, today as well. */
export const moment = (iso) => `${day(iso, true)} ${clock(iso)}`;

/** From when to when, as a calendar program says it. A whole day is a date alone. */
export function span(start, end) {
  const whole = (iso) => (iso.length > 10 ? moment(iso) : day(iso, true));
  if (start === end) return whole(start);
  if (start.length > 10 && start.slice(0, 10) === end.slice(0, 10)) return `${moment(start)}–${time(end)}`;
  return `${whole(start)} – ${whole(end)}`;
}
