/** What every part of the page knows: who is looking, and how the demo stands. */

import { remember, remembered } from "./dom.js";
import { lang } from "./words.js";

export const stage = {
  state: null, // as /api/state answers
  who: remembered("who"), // the key of the person
  shown: remembered("shown", "slack"), // the one pane that a narrow screen shows
};

export const person = () => stage.state?.people.find((one) => one.key === stage.who) ?? null;

/** One sentence on what sort of reader somebody is. */
export const about = (one) => (lang() === "en" && one.about_en) || one.about;

export const someone = (wanted) => stage.state?.people.find(wanted) ?? null;

/** Whom the newcomer is: the last one they were, else Anna, else the first who has Slack. */
export function seat() {
  if (!person()) {
    const first = someone((one) => one.key === "anna") ?? someone((one) => one.slack) ?? stage.state?.people[0];
    stage.who = first?.key ?? "";
  }
}

export function become(key) {
  stage.who = key;
  remember("who", key);
  const now = person();
  if (now && !now[stage.shown === "slack" ? "slack" : "email"]) show(now.slack ? "slack" : "mail");
  changed();
}

export function show(pane) {
  stage.shown = pane;
  remember("shown", pane);
  document.querySelector(".app").dataset.shown = pane;
  for (const tab of document.querySelectorAll("#tabs button")) {
    tab.setAttribute("aria-pressed", String(tab.dataset.pane === pane));
  }
}

/** What ids of people and channels are called. */
export const names = {
  user: (id, label) => label || someone((one) => one.slack === id)?.name || (id.startsWith("U") ? "Brygga" : id),
  channel: (id, label) => label || stage.state?.channels.find((one) => one.id === id)?.name || id,
};

const hearers = [];

/** `hear(what, more)` is told of what somebody has done, or that they see what came of it. */
export const onDone = (hear) => hearers.push(hear);

export function done(what, more = null) {
  for (const hear of hearers) hear(what, more);
}

let redraw = () => {};

/** `draw` is run whenever somebody says that the page has changed. */
export function onChange(draw) {
  redraw = draw;
}

export function changed() {
  return redraw();
}
