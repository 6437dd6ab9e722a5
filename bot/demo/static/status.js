/** The line at the foot of the page: what is under way, whether the page still hears of it, and what to try. */

import { el, focusIn } from "./dom.js";
import { post } from "./api.js";
import { trouble } from "./dialogs.js";
import { changed, person, show, someone, stage, become } from "./stage.js";
import { write } from "./mail.js";
import { button } from "./dom.js";
import { lang, t } from "./words.js";

let linked = true;
let drawn = "";

export function link(holds) {
  linked = holds;
  draw();
}

export function draw() {
  const box = document.getElementById("status");
  const { state } = stage;
  const wanted = JSON.stringify([linked, lang(), stage.who, state?.outbox, state?.seeding, state?.people.map((one) => one.fails)]);
  if (drawn === wanted) return; // a list that somebody has open stays
  drawn = wanted;
  const open = box.querySelector("details")?.open ?? false;
  const again = focusIn(box);
  const parts = [el("span", { class: linked ? "link" : "link lost", role: "status" }, linked ? t("connected") : t("lost"))];
  if (state) {
    const { queued, parked, retrying, reason } = state.outbox;
    if (state.seeding) parts.push(el("span", { class: "seeding" }, t("seeding")));
    parts.push(el("span", {}, queued > retrying ? t("queued", { n: queued - retrying }) : queued || parked ? t("others_sent") : t("outbox_empty")));
    const why = reason ? `: ${reason}` : "";
    if (retrying) parts.push(el("span", { class: "parked outbox-why", title: reason }, t.many("retrying", "retrying_one", retrying), !parked && why));
    if (parked) parts.push(el("span", { class: "parked outbox-why", title: reason }, t.many("parked", "parked_one", parked), why));
    for (const one of state.people.filter((each) => each.fails)) parts.push(el("span", { class: "parked" }, t("fails_now", { whose: whose(one) })));
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
    el("li", {}, button(one.address, () => to(one.address), { class: "button quiet", "data-at": one.address, "aria-label": t("write_to", { address: one.address }) }), el("span", {}, t(`special_${one.address.split("@")[0]}`))),
  );
  return el("details", { class: "errors", open }, el("summary", { "data-at": "errors" }, t("try_errors")), el("div", { class: "errors-box" }, knob(), el("p", {}, t("try_about")), el("ul", {}, ...rows)));
}

/** Whose mailbox is made to fail: one's own, or that of somebody who has one. */
function knob() {
  const one = person()?.email ? person() : someone((each) => each.email);
  if (!one) return null;
  const select = el("select", { id: "fails", "data-at": "fails" }, ...["", "temporary", "permanent"].map((how) => el("option", { value: how, selected: how === one.fails }, t(`fails_${how || "not"}`))));
  select.addEventListener("change", async () => {
    try {
      await post("api/mailbox", { as: one.key, fails: select.value });
      await changed();
    } catch (error) {
      trouble(error.message);
    }
  });
  return el("div", {}, el("label", { for: "fails" }, t("let_fail", { whose: whose(one) })), select, el("p", { class: "hint" }, t("let_fail_about")));
}

const whose = (one) => {
  const name = one.name.split(" ")[0];
  return lang() === "en" ? `${name}’s` : `${name}${/[sxz]$/.test(name) ? "" : "s"}`;
};

async function to(address) {
  document.querySelector("#status details").open = false;
  if (!person()?.email) await become(someone((one) => one.email).key);
  show("mail");
  await write({ to: address });
}
