/** Slack's views: the form that opens over what a person is doing. */

import { get, packed, post, Trouble } from "./api.js";
import { block, busy } from "./blocks.js";
import { trouble } from "./dialogs.js";
import { button, el, focusIn, renew } from "./dom.js";
import { unescaped } from "./mrkdwn.js";
import { changed, person, stage } from "./stage.js";
import { lang, t } from "./words.js";

let open = null; // {id, hash, dialog, body, foot, title, fields: Map of block to field, who, met: has it had fields}
let looking = 0;

/** Shows what view this person has open, if any. */
export async function look() {
  const turn = ++looking;
  const who = stage.who;
  if (!person()?.slack) return away();
  const { modal } = await get("api/modal", { as: who });
  if (turn !== looking || who !== stage.who) return;
  if (!modal) return away();
  if (open?.id !== modal.id || open.who !== who) {
    away();
    start(modal, who);
  }
  fill(modal);
}

function away() {
  if (!open) return;
  const { dialog, back } = open;
  open = null;
  dialog.close();
  dialog.remove();
  if (back?.isConnected) back.focus();
}

function start(modal, who) {
  const back = document.activeElement;
  const title = el("h2", { id: "view-title", tabindex: "-1" });
  const body = el("div", { class: "sheet-body" });
  const foot = el("div", { class: "sheet-foot" });
  const said = el("p", { class: "error", role: "alert", hidden: true });
  const form = el("form", { novalidate: true, onsubmit: submit }, body, said, foot);
  const dialog = el(
    "dialog",
    { class: "sheet view", "aria-labelledby": "view-title", oncancel: leave },
    el("div", { class: "sheet-head" }, title, button("", leave, { class: "icon", "aria-label": t("closed") }, "close")),
    form,
  );
  open = { id: modal.id, who, dialog, title, body, foot, said, back, fields: new Map() };
  document.body.append(dialog);
  dialog.showModal();
  title.focus();
}

function fill(modal) {
  const { view, values = {}, errors = {} } = modal;
  const drawn = JSON.stringify([modal.hash, view, lang()]);
  if (open.drawn !== drawn) {
    open.drawn = drawn;
    open.view = view;
    open.title.textContent = unescaped(view.title.text);
    const loading = !view.submit && view.blocks.length <= 1 && view.callback_id;
    open.body.classList.toggle("loading", Boolean(loading));
    renew(open.body, view.blocks, (one) => one.block_id ?? JSON.stringify(one), (one) => {
      const room = [];
      const before = open.fields.get(one.block_id); // Slack keeps what stands in a field whose ids stay the same
      const kept = before && !before.files ? { [before.element.action_id]: before.read() } : {};
      const made = block(one, { press, level: 3, room, values: { ...values, ...kept } });
      open.fields.set(one.block_id, room[0]);
      return made;
    }, lang());
    for (const id of [...open.fields.keys()]) {
      if (!open.fields.get(id) || !view.blocks.some((one) => one.block_id === id)) open.fields.delete(id);
    }
    foot(view);
    if (!open.met && open.fields.size) {
      open.met = true; // the first fields take the focus, unless somebody has moved it
      if ([open.title, document.body].includes(document.activeElement)) open.fields.values().next().value.focus();
    }
  }
  if (Object.keys(errors).length) complain(errors);
}

function foot(view) {
  const again = focusIn(open.foot);
  open.foot.replaceChildren(
    el("button", { type: "button", class: "button plain", "data-at": "close", onclick: leave }, unescaped(view.close?.text ?? t("closed"))),
    ...(view.submit ? [el("button", { type: "submit", class: "button main", "data-at": "submit" }, unescaped(view.submit.text))] : []),
  );
  again(open.foot);
}

/** Errors at their fields; the first gets the focus. */
function complain(errors) {
  let first = null;
  for (const [id, one] of open.fields) {
    one.fail(errors[id] ?? "");
    if (errors[id]) first ??= one;
  }
  const others = Object.entries(errors).filter(([id]) => !open.fields.has(id)).map(([, said]) => said);
  open.said.textContent = [first ? t("look_at") : "", ...others].filter(Boolean).join(" ");
  open.said.hidden = !open.said.textContent;
  first?.focus();
}

async function submit(event) {
  event.preventDefault();
  const { id, fields, who, foot: buttons } = open;
  const wrong = Object.fromEntries([...fields].map(([block, one]) => [block, one.wrong()]).filter(([, said]) => said));
  complain(wrong);
  if (Object.keys(wrong).length) return;
  const sender = buttons.querySelector("[type=submit]");
  if (sender.disabled) return;
  sender.disabled = true;
  try {
    const values = {};
    const files = {};
    for (const one of fields.values()) {
      if (!one.files) values[one.element.action_id] = one.read();
      else if (one.files().length) files[one.element.action_id] = await packed(one.files());
    }
    const answer = await busy(sender, () => post("api/slack", { as: who, do: "submit", view_id: id, values, files }));
    if (open?.id !== id) return;
    if (answer.errors && Object.keys(answer.errors).length) complain(answer.errors);
    else if (answer.trouble) complain({ "": answer.trouble });
    else await look();
    changed();
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    if (open) complain({ "": t("trouble", { what: error.message }) });
  } finally {
    sender.disabled = false;
  }
}

async function leave(event) {
  event.preventDefault();
  if (!open) return;
  const { id, who } = open;
  looking++;
  away();
  try {
    await post("api/slack", { as: who, do: "close", view_id: id });
  } catch (error) {
    trouble(error.message);
  }
}

async function press(element, value) {
  const { id, who } = open;
  const answer = await post("api/slack", { as: who, do: "press_view", view_id: id, action_id: element.action_id, value });
  if (answer.trouble) complain({ "": answer.trouble });
  await look();
}
