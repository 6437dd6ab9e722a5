/** The pane that shows one person's mailbox: the list, one letter, or one being written. */

import { get, post } from "./api.js";
import { trouble } from "./dialogs.js";
import { button, el, focusIn, renew, say, sign, staying } from "./dom.js";
import { letter } from "./letter.js";
import { empty, head } from "./panes.js";
import { changed, person, stage } from "./stage.js";
import { when } from "./when.js";
import { lang, t } from "./words.js";
import { writing } from "./writing.js";

let shown = null; // the uid of the letter that is open
let draft = null; // {reply: letter | null, to, subject, text} while somebody writes
let owner = ""; // whose letter or draft that is
let built = "";
let seat = {};
let expected = null; // {after: uid, until: milliseconds} while a digest may come that is to be opened

/** How the subjects of digests begin, in the languages of their readers. */
const DIGEST = /^(Veckobrev v\. |Weekly digest, week )/;
const PATIENCE = 30_000; // milliseconds that a digest is waited for

const pane = () => document.getElementById("mail");

export async function draw() {
  const who = person();
  if (!who?.email) return nobody(who);
  if (owner !== who.key) leave();
  owner = who.key;
  const wanted = `${who.key}/${lang()}`;
  if (built !== wanted) build(who);
  built = wanted;
  const { mails } = await get("api/mail", { as: who.key });
  if (built !== wanted || stage.who !== who.key) return; // another sat down meanwhile
  seat.newest = Math.max(0, ...mails.map((one) => one.uid));
  const digest = arrived(mails);
  if (digest) shown = digest.uid;
  list(mails);
  await read();
  if (digest) await seen(digest.uid, who.key);
}

/** The next digest is opened when it comes, unless its reader does something else. */
export function expectDigest() {
  expected = draft || !seat.list ? null : { after: seat.newest ?? 0, until: Date.now() + PATIENCE };
}

function arrived(mails) {
  if (!expected || Date.now() > expected.until) return null;
  const found = mails.find((one) => one.uid > expected.after && DIGEST.test(one.subject));
  if (found) expected = null;
  return found;
}

function nobody(who) {
  built = "";
  empty(pane(), "mail", who && t("without_mail", { name: who.name.split(" ")[0] }), (one) => one.email && one.key !== who?.key);
}

/** Forget what was open: another sits down. */
function leave() {
  shown = null;
  draft = null;
  expected = null;
}

function build(who) {
  seat = { list: el("ul", { class: "letters", "aria-label": t("mails_of", { name: who.name }) }), beside: el("div", { class: "beside" }) };
  seat.box = el(
    "div",
    { class: "box" },
    el("div", { class: "box-head" }, el("h3", {}, t("inbox")), button(t("new_mail"), () => write({}), { class: "button main", "data-at": "new" }, "pen")),
    seat.list,
  );
  seat.frame = el("div", { class: "mail" }, seat.box, seat.beside);
  pane().replaceChildren(head("mail", who.email), seat.frame);
  seat.drawn = null;
}

function list(mails) {
  const again = focusIn(seat.list);
  const first = seat.list.dataset.drawn === undefined;
  const rows = mails.map((one) => ({ ...one, current: one.uid === shown }));
  const fresh = renew(seat.list, rows, (one) => one.uid, row, lang());
  seat.list.dataset.drawn = "true";
  again(seat.list);
  const none = seat.box.querySelector(".nothing");
  if (mails.length) none?.remove();
  else if (!none) seat.list.before(el("p", { class: "nothing" }, nothing()));
  if (first) return;
  for (const one of mails.filter((each) => fresh.includes(String(each.uid))).slice(0, 1)) {
    say(t("new_mail_said", { name: one.from.name || one.from.address, subject: one.subject }));
  }
}

/** Why there is nothing: who reads in Slack gets the digest alone. */
function nothing() {
  const { name, slack, mode } = person();
  return slack && mode === "digest" ? t("empty_but_slack", { name: name.split(" ")[0] }) : t("empty_inbox");
}

function row(one) {
  const from = one.from.name || one.from.address;
  const marks = [one.calendar && mark("calendar", t("has_calendar")), one.files > 0 && mark("clip", t("has_files"))];
  return el(
    "li",
    {},
    el(
      "button",
      { type: "button", class: `letter-row${one.seen ? "" : " unread"}`, "aria-current": one.current ? "true" : null, "data-at": `mail/${one.uid}`, "data-uid": one.uid, onclick: () => open(one.uid) },
      el("span", { class: "row-from" }, !one.seen && el("span", { class: "dot" }, el("span", { class: "unseen" }, `${t("unread_mail")}: `)), el("span", { class: "row-name" }, from)),
      el("span", { class: "row-when" }, ...marks, el("time", { datetime: one.iso }, when(one.iso))),
      el("span", { class: "row-subject" }, one.subject),
      el("span", { class: "row-preview" }, one.preview),
    ),
  );
}

const mark = (name, words) => el("span", { class: "mark" }, sign(name), el("span", { class: "unseen" }, words));

async function open(uid) {
  const unmoved = staying();
  const whose = owner; // another may sit down meanwhile, who has no such letter
  shown = uid;
  draft = null;
  expected = null;
  await draw();
  if (unmoved()) seat.beside.querySelector("h3")?.focus();
  await seen(uid, whose);
}

async function seen(uid, whose) {
  try {
    await post("api/mail/read", { as: whose, uid });
  } catch (error) {
    trouble(error.message);
  }
  changed();
}

function shut() {
  const uid = shown;
  shown = null;
  draft = null;
  draw().then(() => (seat.list.querySelector(`[data-uid="${uid}"]`) ?? seat.box.querySelector("button")).focus());
}

/** What stands beside the list: a letter, or what is being written; drawn anew only when it is another one. */
async function read() {
  const none = seat.list.children.length ? "choose" : "";
  const wanted = draft ? `draft/${draft.number}` : shown === null ? none : `mail/${shown}`;
  seat.frame.classList.toggle("reading", Boolean(draft) || shown !== null);
  for (const time of seat.beside.querySelectorAll(".letter-head time")) time.textContent = when(time.dateTime); // the day may be over
  if (seat.drawn === wanted) return;
  const who = owner;
  if (draft) {
    seat.beside.replaceChildren(writing(draft, { done: sent, back: () => shut() }));
  } else if (shown === null) {
    seat.beside.replaceChildren(...(none ? [el("p", { class: "nothing" }, t("choose_mail"))] : []));
  } else {
    const one = await get(`api/mail/${shown}`, { as: who });
    if (who !== stage.who || shown !== one.uid) return;
    seat.beside.replaceChildren(letter(one, { back: shut, answer: () => write({ reply: one }) }));
  }
  seat.drawn = wanted;
}

let drafts = 0;

/** Begin to write: an answer (`reply`), or to `to`. */
export async function write(given) {
  expected = null;
  draft = { reply: null, to: "", subject: "", text: "", ...given, number: ++drafts };
  await draw();
  const fields = seat.beside.querySelectorAll("input:not([type=file]), textarea");
  ([...fields].find((one) => !one.value) ?? fields[0])?.focus();
}

function sent() {
  draft = null;
  draw().then(() => (seat.beside.querySelector("h3") ?? seat.box.querySelector("button"))?.focus());
  changed();
}
