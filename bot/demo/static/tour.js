/** The tour: five things to try, each pointing at where. It stands in the page and blocks nothing. */

import { button, el, remember, remembered } from "./dom.js";
import * as slack from "./slack.js";
import { become, changed, show, someone, stage } from "./stage.js";
import { t } from "./words.js";

const one = (key, otherwise) => someone((each) => each.key === key) ?? someone(otherwise);
const sharer = () => one("anna", (each) => each.slack && each.sort === "staff");
const reader = () => one("cecilia", (each) => each.email && !each.slack);
const editor = () => one("", (each) => each.slack && each.sort === "editor") ?? one("", (each) => each.slack && each.role === "editor");
const invitations = () => stage.state.channels.find((each) => !each.desk)?.id;

/** A step: what to do to get there, and where to look. The texts are `tour_1` and so on. */
const STEPS = [
  { go: () => to(sharer(), "slack", invitations()), where: "[data-tour=command]" },
  { go: () => to(reader(), "mail"), where: "#mail .letters li:first-child" },
  { go: () => to(sharer(), "slack", invitations()), where: "#slack .message:last-child .replies, #slack .message:last-child" },
  { go: () => to(editor() ?? sharer(), "slack", stage.state.channels.find((each) => each.desk)?.id), where: "#slack [data-action=approve], [data-tour=desk]" },
  { go: clock, where: "[data-turn=monday]" },
];

async function to(somebody, pane, channel) {
  if (!somebody) return;
  await become(somebody.key);
  show(pane);
  if (channel) await slack.go(channel);
}

function clock() {
  const turner = document.querySelector("#clock .turner");
  if (turner.getAttribute("aria-expanded") === "false" && turner.offsetParent) turner.click();
}

let step = Math.min(Number(remembered("tour", "0")) || 0, STEPS.length - 1);
let ended = remembered("tour") === "done";
let drawn = "";

export function begin() {
  ended = false;
  turn(0);
}

function end() {
  ended = true;
  remember("tour", "done");
  draw();
  document.querySelector("#top-end [data-at=tour]").focus();
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
  const now = ended ? "" : `${step}/${t("tour")}`;
  if (drawn !== now) {
    box.hidden = ended;
    box.replaceChildren(...(ended ? [] : card()));
    drawn = now;
  }
  point();
}

function card() {
  const number = step + 1;
  const last = number === STEPS.length;
  return [
    el("p", { class: "tour-step" }, el("span", { class: "unseen" }, `${t("tour")} `), t("step_of", { n: number, all: STEPS.length })),
    el("div", { class: "tour-text" }, el("h2", { id: "tour-title", tabindex: "-1" }, t(`tour_${number}`)), el("p", {}, t(`tour_${number}_text`))),
    el(
      "div",
      { class: "tour-doings" },
      button(t(`tour_${number}_do`), shown, { class: "button main", "data-doing": "show" }),
      step > 0 && button(t("back"), () => turn(step - 1), { class: "button plain" }),
      last ? button(t("finish"), end, { class: "button plain" }) : button(t("next"), () => turn(step + 1), { class: "button plain", "data-doing": "next" }),
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
