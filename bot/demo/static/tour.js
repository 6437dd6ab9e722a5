/** The tour: five things to try, each pointing at where. It stands in the page and blocks nothing. */

import { button, el, focusIn, remember, remembered, sign } from "./dom.js";
import * as slack from "./slack.js";
import { trouble } from "./dialogs.js";
import { jump } from "./jump.js";
import { become, changed, onDone, person, show, someone, stage } from "./stage.js";
import { t } from "./words.js";

const one = (key, otherwise) => someone((each) => each.key === key) ?? someone(otherwise);
const sharer = () => one("anna", (each) => each.slack && each.sort === "staff");
const reader = () => one("cecilia", (each) => each.email && !each.slack);
const editor = () => one("", (each) => each.slack && each.sort === "editor") ?? one("", (each) => each.slack && each.role === "editor");
const invitations = () => stage.state.channels.find((each) => !each.desk)?.id;

/** A step: what to do to get there, where to look, and whether what is heard means that it is done. The texts are `tour_1` and so on. */
const STEPS = [
  { go: () => to(sharer(), "slack", invitations()), where: "[data-tour=command]", heard: (what, more) => what === "messages" && more.some(mine) },
  { go: () => to(reader(), "mail"), where: "#mail .letters li:first-child", heard: (what) => what === "sent" && stage.who === reader()?.key },
  { go: () => to(sharer(), "slack", invitations()), where: "#slack .message:last-child .replies, #slack .message:last-child", heard: (what) => what === "thread" },
  { go: () => to(editor() ?? sharer(), "slack", stage.state.channels.find((each) => each.desk)?.id), where: "#slack [data-action=approve], [data-tour=desk]", heard: (what) => what === "released" },
  { go: () => jump("monday").catch((error) => trouble(error.message)), where: "[data-turn=monday]", heard: (what, to) => what === "jumped" && to === "monday" },
];

async function to(somebody, pane, channel) {
  if (!somebody) return;
  await become(somebody.key);
  show(pane);
  if (channel) await slack.go(channel);
}

/** A card in one's own name that came after the tour began. */
const mine = (one) => one.author.app && one.author.name.startsWith(person()?.name ?? "\n") && Number(one.ts) > since;

const now = () => Date.parse(stage.state.clock.now) / 1000;
let since = Number(remembered("tour.since", "0")); // seconds of the demo's clock: when the tour began
let steps = new Set(JSON.parse(remembered("tour.steps", "[]"))); // that are done

/** Begin to notice; a demo that began anew has an earlier clock than the tour remembers. */
function notice() {
  if (stage.state.seeding || (since && since <= now())) return;
  since = now();
  steps = new Set();
  remember("tour.since", String(since));
  remember("tour.steps", "[]");
}

onDone((what, more) => {
  if (ended || !since || steps.has(step) || !STEPS[step].heard(what, more)) return;
  steps.add(step);
  remember("tour.steps", JSON.stringify([...steps]));
  draw();
});

let step = Math.min(Number(remembered("tour", "0")) || 0, STEPS.length - 1);
let ended = remembered("tour") === "done";
let drawn = "";

export function begin() {
  ended = false;
  since = 0;
  turn(0);
}

function end() {
  ended = true;
  remember("tour", "done");
  draw();
  document.querySelector("#top-end [data-at=help]").focus();
}

function turn(number) {
  step = number;
  remember("tour", String(step));
  draw();
  document.getElementById("tour-title")?.focus();
}

/** Draw it, and mark what the step points at. */
export function draw() {
  const box = document.getElementById("tour");
  if (!ended) notice();
  const wanted = ended ? "" : `${step}/${steps.has(step)}/${t("tour")}`;
  if (drawn !== wanted) {
    const again = focusIn(box);
    box.hidden = ended;
    box.replaceChildren(...(ended ? [] : card()));
    drawn = wanted;
    again(box);
  }
  point();
}

function card() {
  const number = step + 1;
  const last = number === STEPS.length;
  const went = steps.has(step);
  const onward = () => {
    turn(step + 1);
    return shown();
  };
  const next = last
    ? button(t(went ? "end_tour" : "finish"), end, { class: `button ${went ? "main" : "plain"}`, "data-doing": "finish" })
    : went
      ? button(t(`tour_${number + 1}_do`), onward, { class: "button main", "data-doing": "next" })
      : button(t("next"), () => turn(step + 1), { class: "button plain", "data-doing": "next" });
  return [
    el("p", { class: "tour-step" }, el("span", { class: "unseen" }, `${t("tour")} `), t("step_of", { n: number, all: STEPS.length })),
    el("div", { class: "tour-text" }, el("h2", { id: "tour-title", tabindex: "-1" }, t(`tour_${number}`), went && el("span", { class: "tour-done" }, sign("done"), t("finish"))), el("p", {}, t(`tour_${number}_text`))),
    el(
      "div",
      { class: "tour-doings" },
      !went && button(t(`tour_${number}_do`), shown, { class: "button main", "data-doing": "show" }),
      step > 0 && button(t("back"), () => turn(step - 1), { class: "button plain" }),
      next,
      button("", end, { class: "icon", "aria-label": t("end_tour"), title: t("end_tour") }, "close"),
    ),
  ];
}

async function shown() {
  await STEPS[step].go();
  await changed();
  const target = point();
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  target?.scrollIntoView({ block: "nearest", behavior: still ? "auto" : "smooth" });
  (target?.matches("button") ? target : target?.querySelector("button"))?.focus({ preventScroll: true });
}

function point() {
  const target = ended ? null : document.querySelector(STEPS[step].where);
  for (const marked of document.querySelectorAll(".pointed")) if (marked !== target) marked.classList.remove("pointed");
  target?.classList.add("pointed");
  return target;
}
