/** Small questions before something that many notice, and words about what did not work. */

import { button, el, say } from "./dom.js";
import { words } from "./mrkdwn.js";
import { names } from "./stage.js";
import { t } from "./words.js";

/** Asks as Slack's confirm dialog does; true when the answer is yes. */
export function ask(confirm) {
  return new Promise((resolve) => {
    const plain = (text) => (typeof text === "string" ? [text] : words(text, names));
    const dialog = el("dialog", { class: "sheet small", "aria-labelledby": "ask-title" });
    const end = (answer) => {
      dialog.close();
      dialog.remove();
      resolve(answer);
    };
    dialog.append(
      el("h2", { id: "ask-title" }, ...plain(confirm.title)),
      el("div", { class: "sheet-body" }, el("p", {}, ...plain(confirm.text))),
      el(
        "div",
        { class: "sheet-foot" },
        el("button", { type: "button", class: "button plain", onclick: () => end(false) }, ...plain(confirm.deny)),
        el("button", { type: "button", class: `button ${confirm.style === "danger" ? "danger" : "main"}`, "data-yes": true, onclick: () => end(true) }, ...plain(confirm.confirm)),
      ),
    );
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      end(false);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** A line at the bottom that stays until it is closed: something did not work. */
export function trouble(said) {
  note(t("trouble", { what: said }), "rust");
}

const SHOWN = 6000; // milliseconds that a line stays which asks for nothing

/** A line at the bottom: something happened. */
export function note(said, tone = "sky") {
  document.querySelector(".note")?.remove();
  const line = el("div", { class: `note ${tone}`, role: tone === "rust" ? "alert" : null }, el("p", {}, said));
  line.append(button("", () => line.remove(), { class: "icon", "aria-label": t("closed") }, "close"));
  document.body.append(line);
  if (tone !== "rust") {
    say(said);
    setTimeout(() => line.remove(), SHOWN);
  }
}
