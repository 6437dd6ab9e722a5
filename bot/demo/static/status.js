/** The line at the foot of the page: what is under way, whether the page still hears of it, and what to try. */

import { el, focusIn } from "./dom.js";
import { person, show, someone, stage, become } from "./stage.js";
import { write } from "./mail.js";
import { button } from "./dom.js";
import { t } from "./words.js";

let linked = true;

export function link(holds) {
  linked = holds;
  draw();
}

export function draw() {
  const box = document.getElementById("status");
  const { state } = stage;
  const open = box.querySelector("details")?.open ?? false;
  const again = focusIn(box);
  const parts = [el("span", { class: linked ? "link" : "link lost", role: "status" }, linked ? t("connected") : t("lost"))];
  if (state) {
    const { queued, parked } = state.outbox;
    if (state.seeding) parts.push(el("span", { class: "seeding" }, t("seeding")));
    parts.push(el("span", {}, queued ? t("queued", { n: queued }) : t("outbox_empty")));
    if (parked) parts.push(el("span", { class: "parked" }, t.many("parked", "parked_one", parked)));
    parts.push(el("a", { href: state.pages, target: "_blank", rel: "noopener", "data-at": "pages", title: t("outside") }, t("pages")));
    parts.push(el("span", { class: "folder muted" }, `${t("folder")}: ${state.data}`));
  }
  box.replaceChildren(el("h2", { class: "unseen" }, t("happening")), el("div", { class: "status-line" }, ...parts), errors(open));
  again(box);
}

/** Addresses that fail on purpose. */
function errors(open) {
  const special = stage.state?.special ?? [];
  const rows = special.map((one) =>
    el("li", {}, button(one.address, () => to(one.address), { class: "button quiet", "data-at": one.address, "aria-label": t("write_to", { address: one.address }) }), el("span", {}, one.about)),
  );
  return el("details", { class: "errors", open }, el("summary", { "data-at": "errors" }, t("try_errors")), el("div", { class: "errors-box" }, el("p", {}, t("try_about")), el("ul", {}, ...rows)));
}

async function to(address) {
  document.querySelector("#status details").open = false;
  if (!person()?.email) await become(someone((one) => one.email).key);
  show("mail");
  await write({ to: address });
}
