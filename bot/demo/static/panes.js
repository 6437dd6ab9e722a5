/** What both panes have: a heading, and words for who has no such thing. */

import { button, el, sign } from "./dom.js";
import { become, stage } from "./stage.js";
import { t } from "./words.js";

export function head(kind, whose) {
  return el("div", { class: "pane-head" }, sign(kind), el("h2", { id: `${kind}-title` }, t(kind)), el("span", { class: "whose" }, whose));
}

/** The pane of somebody who has no such thing, and the way to be one who has. */
export function empty(pane, kind, why, other) {
  const drawn = `${why}/${kind}`;
  if (pane.dataset.empty === drawn && pane.querySelector(".without")) return;
  pane.dataset.empty = drawn;
  const someone = stage.state?.people.find(other);
  pane.replaceChildren(
    head(kind, ""),
    el(
      "div",
      { class: "without" },
      sign(kind),
      el("p", {}, why),
      someone && button(t("be", { name: someone.name }), () => become(someone.key), { class: "button plain" }),
    ),
  );
}
