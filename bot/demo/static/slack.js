/** The pane that shows Slack as one person sees it: channels, messages, threads, and the app's own page. */

import { get } from "./api.js";
import { block } from "./blocks.js";
import { composer } from "./composer.js";
import { button, el, focusIn, remember, remembered, renew, say, sign, staying } from "./dom.js";
import { act, message } from "./message.js";
import { changed, done, person, stage } from "./stage.js";
import { empty, head } from "./panes.js";
import { lang, t } from "./words.js";

const HOME = "home";
const DIRECT = "direct";
const PATIENCE = 30_000; // milliseconds that a digest is waited for

let place = ""; // a channel's id, HOME or DIRECT
let thread = null; // the ts of the root that is open beside
let built = ""; // what the pane was last built for
let seat = {}; // nodes of the pane
let expected = null; // {after: ts, until: milliseconds} while a digest may come
let beginning = null; // {id, after: ts}: the channel to be shown from the first message after that one
const whispered = new Map(); // whispers that were there when a place was first seen: Slack forgets them at a reload

const pane = () => document.getElementById("slack");

/** Go to a channel, the direct messages or the home; maybe to one thread there. */
export function go(where, ts = null) {
  place = where;
  thread = ts;
  expected = beginning = null;
  remember("place", where);
  if (person()?.slack) frame(person()); // at once: what is typed next belongs there
  if (where === HOME) act({ do: "home" }, { quiet: true });
  return changed();
}

/** The next digest is gone to when it comes, unless somebody goes elsewhere. */
export function expectDigest() {
  expected = { after: weekly()?.latest ?? "", until: Date.now() + PATIENCE };
}

const weekly = () => channels().find((one) => one.use === "digest");

function digest() {
  if (!expected || Date.now() > expected.until || !(weekly()?.latest > expected.after)) return;
  beginning = { id: weekly().id, after: expected.after };
  expected = null;
  place = beginning.id;
  thread = null;
  remember("place", place);
}

export const at = () => ({ place, thread });

/** The channels that this person is in. */
const channels = () => stage.state.channels.filter((one) => !one.members || one.members.includes(stage.who));
const channel = () => channels().find((one) => one.id === place);

/** Draw what is shown, anew where it has changed. */
export async function draw() {
  const who = person();
  if (!who?.slack) return nobody(who);
  if (!channel() && place !== HOME && place !== DIRECT) {
    const last = remembered("place");
    place = [HOME, DIRECT].includes(last) || channels().some((one) => one.id === last) ? last : channels().find((one) => !one.desk)?.id ?? DIRECT;
  }
  digest();
  const wanted = frame(who);
  if (place === HOME) return home();
  const [shown, answers] = await Promise.all([
    place === DIRECT ? get("api/direct", { as: who.key }) : get(`api/channel/${place}`, { as: who.key }),
    thread ? get(`api/thread/${shown_channel()}/${thread}`, { as: who.key }).catch(() => null) : null,
  ]);
  if (built !== wanted) return; // somebody went elsewhere meanwhile
  seat.id = shown.id;
  if (!seat.written && shown.id) write(shown.id);
  messages(seat.list, fresh(shown).filter(standsAlone), shown.id, { thread: open });
  if (thread && answers) messages(seat.answers, answers.messages, shown.id, { inThread: true });
  if (channel()) done("messages", shown.messages);
  if (thread && answers?.messages.length > 1) done("thread");
}

const shown_channel = () => (place === DIRECT ? seat.id : place);
function fresh({ id, messages }) {
  const key = `${stage.who}/${id}`;
  const whispers = messages.filter((one) => one.is_ephemeral).map((one) => one.ts);
  if (!whispered.has(key)) whispered.set(key, new Set(whispers));
  return messages.filter((one) => !whispered.get(key).has(one.ts));
}
const standsAlone = (one) => !one.thread_ts || one.thread_ts === one.ts || one.subtype === "thread_broadcast";
const open = (ts) => {
  seat.back = document.activeElement?.closest("[data-key]")?.dataset.key;
  go(place, ts);
  pane().querySelector(".thread-title").focus();
};

function nobody(who) {
  built = "";
  empty(pane(), "slack", who && t("without_slack", { name: who.name.split(" ")[0] }), (one) => one.slack && one.key !== who?.key);
}

/** The pane without what is in it; answers what it is built for. */
function frame(who) {
  const wanted = [who.key, place, thread, lang()].join("/");
  if (built !== wanted) build(who);
  built = wanted;
  places();
  if (!seat.written && channel()) write(place);
  return wanted;
}

// -- the frame -----------------------------------------------------------------------------------------------------------

function build(who) {
  const title = name();
  seat = { id: place === DIRECT ? seat.id : place, written: false, back: seat.back };
  seat.places = el("div", { class: "places-lists" });
  seat.list = el("ol", { class: "messages", tabindex: "0", "aria-label": t("messages_in", { place: title }) });
  seat.newer = button(t("newer"), () => bottom(seat.list), { class: "newer", hidden: true }, "down");
  seat.home = el("div", { class: "home" });
  seat.foot = el("div", { class: "room-foot" });
  const frame = el(
    "div",
    { class: `slack${thread ? " with-thread" : ""}` },
    el("nav", { class: "places", "aria-label": t("channels") }, seat.places),
    el(
      "div",
      { class: "room" },
      el("div", { class: "room-head" }, chooser(title), el("h3", {}, title)),
      place === HOME ? seat.home : el("div", { class: "scroller" }, seat.list, seat.newer),
      place !== HOME && seat.foot,
    ),
    thread && beside(title),
  );
  const again = focusIn(pane());
  pane().replaceChildren(head("slack", who.name), frame);
  again(pane());
  for (const list of [seat.list, seat.answers].filter(Boolean)) follow(list);
}

/** In a narrow pane the channels are folded away behind the name of the one that is shown. */
function chooser(title) {
  return button(title, (event) => {
    const folded = !event.currentTarget.closest(".slack").classList.toggle("choosing");
    event.currentTarget.setAttribute("aria-expanded", String(!folded));
  }, { class: "chooser", "aria-expanded": "false", "data-at": "chooser" }, "down");
}

function name() {
  if (place === HOME) return `${t("app")} · ${t("home")}`;
  if (place === DIRECT) return t("app");
  return `# ${channel().name}`;
}

function places() {
  const one = (id, words, icon, more) => {
    const fresh = id !== place && channels().find((each) => each.id === id)?.latest > (seen()[id] ?? "");
    return el(
      "li",
      {},
      el(
        "button",
        { type: "button", class: "place", "aria-current": id === place ? "true" : null, "data-at": `place/${id}`, "data-place": id, onclick: () => go(id), ...more },
        icon ? sign(icon) : el("span", { class: "hash", "aria-hidden": "true" }, "#"),
        el("span", { class: "place-name" }, words),
        fresh && el("span", { class: "dot" }, el("span", { class: "unseen" }, t("news_here"))),
      ),
    );
  };
  const again = focusIn(seat.places);
  seat.places.replaceChildren(
    el("h3", {}, t("channels")),
    el("ul", {}, ...channels().map((each) => one(each.id, each.name, null, { title: each.desk ? t("desk_sign") : null, "data-tour": each.desk ? "desk" : null }))),
    el("h3", {}, t("app")),
    el("ul", {}, one(HOME, t("home"), "home"), one(DIRECT, t("direct"), "slack")),
  );
  again(seat.places);
}

/** What this person has seen of each channel. */
function seen() {
  try {
    return JSON.parse(remembered(`seen.${stage.who}`, "{}"));
  } catch {
    return {};
  }
}

function beside(title) {
  seat.answers = el("ol", { class: "messages", tabindex: "0", "aria-label": t("thread") });
  seat.threadFoot = el("div", { class: "room-foot" });
  const close = () => {
    const back = seat.back;
    const unmoved = staying();
    go(place).then(() => back && unmoved() && pane().querySelector(`[data-key="${CSS.escape(back)}"] [data-at=thread]`)?.focus());
  };
  const made = el(
    "section",
    { class: "thread", "aria-labelledby": "thread-title" },
    el(
      "div",
      { class: "room-head" },
      el("h3", { class: "thread-title", id: "thread-title", tabindex: "-1" }, t("thread"), el("span", { class: "muted" }, ` ${title}`)),
      button("", close, { class: "icon", "aria-label": t("close_thread") }, "close"),
    ),
    el("div", { class: "scroller" }, seat.answers),
    seat.threadFoot,
  );
  made.addEventListener("keydown", (event) => event.key === "Escape" && !event.defaultPrevented && !made.querySelector("[data-held]") && close());
  return made;
}

function write(id) {
  seat.written = true;
  const label = place === DIRECT ? t("write_direct") : t("write_in", { place: `#${channel().name}` });
  seat.foot.replaceChildren(composer({ channel: id, label }));
  if (thread) seat.threadFoot.replaceChildren(composer({ channel: id, thread, label: t("write_reply") }));
}

// -- what is in it --------------------------------------------------------------------------------------------------------

const NEAR = 60; // pixels from the bottom that still count as reading the newest

/** A list that showed its newest goes on showing it when the room for it changes. */
function follow(list) {
  let before = 0;
  list.addEventListener("scroll", () => {
    if (atBottom(list)) list.dataset.follows = "true";
    else if (list.scrollTop < before) list.dataset.follows = "false"; // somebody goes up to read
    before = list.scrollTop;
    if (list === seat.list && atBottom(list)) seat.newer.hidden = true;
  });
  new ResizeObserver(() => list.dataset.follows === "true" && bottom(list)).observe(list);
}

const atBottom = (list) => list.scrollHeight - list.scrollTop - list.clientHeight < NEAR;
const bottom = (list) => {
  list.scrollTop = list.scrollHeight;
};

/** New messages come in below; who reads further up stays there, and is told. */
function messages(list, all, id, way) {
  const first = !list.dataset.drawn;
  const followed = first || atBottom(list);
  const fresh = renew(list, all, (one) => one.ts, (one) => message(one, id, way), lang());
  list.dataset.drawn = "true";
  const none = list.parentElement.querySelector(".nothing");
  if (all.length) none?.remove();
  else if (!none) list.before(el("p", { class: "nothing" }, place === DIRECT ? t("no_direct") : t("no_messages")));
  if (followed) {
    bottom(list);
    list.dataset.follows = "true";
  }
  if (beginning?.id === id && !way.inThread) begin(list);
  if (!way.inThread) remember(`seen.${stage.who}`, JSON.stringify({ ...seen(), [id]: all.at(-1)?.ts ?? "" }));
  if (first || !fresh.length) return;
  if (!followed && list === seat.list) seat.newer.hidden = false;
  const others = all.filter((one) => fresh.includes(one.ts) && one.user !== person()?.slack);
  if (others.length) say(t("new_message", { name: others.at(-1).author.name }));
}

/** Show a list from where what has come begins. */
function begin(list) {
  const node = [...list.children].find((one) => one.dataset.key > beginning.after);
  if (!node) return;
  beginning = null;
  list.dataset.follows = "false";
  list.scrollTop += node.getBoundingClientRect().top - list.getBoundingClientRect().top;
}

async function home() {
  const who = stage.who;
  const { view } = await get("api/home", { as: who });
  if (place !== HOME || who !== stage.who) return;
  const press = async (element, value) => act({ do: "press_home", action_id: element.action_id, value });
  const blocks = view?.blocks ?? [{ type: "context", block_id: "waiting", elements: [{ type: "plain_text", text: t("no_home") }] }];
  renew(seat.home, blocks, (one) => one.block_id, (one) => block(one, { press, level: 4 }), lang());
}

/** Forget where this person was: another sits down. */
export function leave() {
  thread = null;
  expected = beginning = null;
}
