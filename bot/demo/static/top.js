/** The top of the page: what this is, who is looking, and the clock that can be moved. */

import { post } from "./api.js";
import { busy } from "./blocks.js";
import { note, trouble } from "./dialogs.js";
import { avatar, button, el, focusIn, say, sign } from "./dom.js";
import { about, become, changed, person, show, stage } from "./stage.js";
import { jump } from "./jump.js";
import { moment } from "./when.js";
import { LANGUAGES, lang, speak, t } from "./words.js";

/** Words that stand in the page itself, in the chosen language. */
export function still() {
  document.documentElement.lang = lang();
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
}

let cornered = "";

export function corner(tour) {
  if (cornered === lang()) return;
  cornered = lang();
  const languages = Object.entries(LANGUAGES).map(([code, name]) =>
    button("", () => {
      speak(code);
      changed();
    }, { "aria-pressed": String(code === lang()), "aria-label": name, lang: code, "data-at": code }),
  );
  languages.forEach((one, number) => one.append(Object.keys(LANGUAGES)[number]));
  draw("top-end", [
    el("div", { class: "switch", role: "group", "aria-label": t("language") }, ...languages),
    button("?", () => {}, { class: "button plain round", popovertarget: "help", "aria-label": t("help"), title: t("help"), "data-at": "help" }),
    help(tour),
  ]);
}

/** What there is to know beside what one sees. */
function help(tour) {
  const [before, after] = t("begin_anew_text").split("{command}");
  const again = () => {
    menu.hidePopover();
    tour();
  };
  const menu = el(
    "div",
    { class: "help", id: "help", popover: "auto" },
    button(t("tour_again"), again, { class: "button plain", "data-at": "tour" }, "flag"),
    el("p", {}, el("strong", {}, t("begin_anew")), " ", before, el("code", {}, "brygga demo --fresh"), after),
  );
  return menu;
}

/** Put in anew, unless it is the same; the focus stays. */
function draw(id, nodes) {
  const box = document.getElementById(id);
  const again = focusIn(box);
  box.replaceChildren(...nodes);
  again(box);
}

// -- who -------------------------------------------------------------------------------------------------------------------

let drawn = "";

export function who() {
  const me = person();
  if (!me) return;
  const now = JSON.stringify([stage.state.people, stage.who, lang()]);
  if (drawn === now) return;
  drawn = now;
  const box = document.getElementById("who");
  const before = box.querySelector(".people");
  const wasOpen = Boolean(before?.matches(":popover-open"));
  const again = focusIn(box);
  const list = people(me);
  const opener = el(
    "button",
    { type: "button", class: "who", popovertarget: "people", "data-at": "who", "data-tour": "who" },
    avatar(me.name, ""),
    el(
      "span",
      { class: "face" },
      el("span", { class: "face-name" }, el("span", { class: "muted you" }, `${t("you_are")} `), el("strong", {}, me.name), me.cluster && el("span", { class: "muted" }, ` · ${me.cluster}`)),
      el("span", { class: "about muted" }, about(me)),
    ),
    el("span", { class: "change" }, t("choose_person")),
    sign("down"),
  );
  box.replaceChildren(opener, list);
  if (wasOpen) list.showPopover();
  again(box);
}

function people(me) {
  const list = el("div", { class: "people", id: "people", popover: "auto", "aria-label": t("people") });
  const choose = (one) => {
    list.hidePopover();
    become(one.key);
    say(`${t("you_are")} ${one.name}`);
  };
  const rows = stage.state.people.map((one) =>
    el(
      "li",
      {},
      el(
        "button",
        { type: "button", class: "person", "aria-current": one.key === me.key ? "true" : null, "data-at": `person/${one.key}`, "data-person": one.key, onclick: () => choose(one) },
        avatar(one.name, ""),
        el(
          "span",
          { class: "face" },
          el("span", { class: "face-name" }, el("strong", {}, one.name), one.cluster && el("span", { class: "muted" }, ` · ${one.cluster}`)),
          el("span", { class: "about" }, about(one)),
          el(
            "span",
            { class: "has" },
            el("span", { class: one.slack ? "tag" : "tag none" }, one.slack ? t("has_slack") : t("no_slack")),
            el("span", { class: one.email ? "tag" : "tag none" }, one.email ? t("has_mail") : t("no_mail")),
            one.unread > 0 && el("span", { class: "tag new" }, t.many("unread", "unread_one", one.unread)),
          ),
        ),
      ),
    ),
  );
  list.append(el("h3", {}, t("people")), el("ul", {}, ...rows));
  return list;
}

// -- the clock ---------------------------------------------------------------------------------------------------------------

const TURNS = ["monday", "friday", "day", "hour"];

export function clock() {
  const { now, week } = stage.state.clock;
  const turn = (to) => async (event) => {
    try {
      await busy(event.currentTarget, () => jump(to));
    } catch (error) {
      trouble(error.message);
    }
  };
  const open = document.querySelector("#clock .turns")?.classList.contains("open") ?? false;
  const turns = el(
    "div",
    { class: `turns${open ? " open" : ""}`, id: "turns", role: "group", "aria-label": t("turn_clock"), "data-tour": "clock" },
    ...TURNS.map((to) => button(t(to), turn(to), { class: "button plain", "data-at": to, "data-turn": to })),
    button(t("digest_now"), digest, { class: "button plain", "data-at": "digest", "data-turn": "digest" }, "send"),
  );
  const face = el(
    "p",
    { class: "clock-face" },
    sign("clock"),
    el("time", { datetime: now }, moment(now)),
    el("span", { class: "muted" }, ` · ${lang() === "sv" ? "v." : "week"} ${Number(week.split("W")[1])}`),
  );
  const opener = button(t("turn_clock"), (event) => {
    const shown = turns.classList.toggle("open");
    event.currentTarget.setAttribute("aria-expanded", String(shown));
  }, { class: "button plain turner", "aria-expanded": String(open), "aria-controls": "turns", "data-at": "turner" }, "down");
  draw("clock", [face, opener, turns]);
}

async function digest(event) {
  try {
    const answer = await busy(event.currentTarget, () => post("api/digest", { as: stage.who }));
    if (answer.said) answer.ok ? note(answer.said) : trouble(answer.said);
    changed();
  } catch (error) {
    trouble(error.message);
  }
}

// -- narrow screens ------------------------------------------------------------------------------------------------------------

export function tabs() {
  const tabs = document.getElementById("tabs");
  tabs.setAttribute("aria-label", t("panes"));
  const me = person();
  const one = (pane, fresh) =>
    el(
      "button",
      { type: "button", "aria-pressed": String(stage.shown === pane), "data-pane": pane, "data-at": pane, onclick: () => show(pane) },
      sign(pane),
      el("span", {}, t(pane)),
      fresh > 0 && el("span", { class: "count" }, String(fresh), el("span", { class: "unseen" }, ` ${t("unread", { n: "" }).trim()}`)),
    );
  draw("tabs", [one("slack", 0), one("mail", me?.email ? me.unread : 0)]);
}
