/** Where people write in Slack: text, files, and /brygga. */

import { packed } from "./api.js";
import { button, el, size } from "./dom.js";
import { act } from "./message.js";
import { stage } from "./stage.js";
import { t } from "./words.js";

const drafts = new Map(); // what stands unsent, by person and place

/** `place`: {channel, thread, label}. Commands go to the app, as in Slack never from within a thread. */
export function composer(place) {
  const key = `${stage.who}/${place.channel}/${place.thread ?? ""}`;
  const id = `write-${place.thread ? "thread" : "channel"}`;
  const area = el("textarea", { id, rows: 1, placeholder: place.label, "aria-describedby": `${id}-keys`, value: drafts.get(key) ?? "" });
  const files = [];
  const list = el("ul", { class: "chosen", "aria-label": t("files_chosen") });
  const input = el("input", { type: "file", multiple: true, hidden: true });

  const show = () =>
    list.replaceChildren(
      ...files.map((file, number) =>
        el("li", {}, `${file.name} · ${size(file.size)}`, button("", () => drop(number), { class: "icon", "aria-label": t("take_off", { name: file.name }) }, "close")),
      ),
    );
  const drop = (number) => {
    files.splice(number, 1);
    show();
    area.focus();
  };
  input.addEventListener("change", () => {
    files.push(...input.files);
    input.value = "";
    show();
    area.focus();
  });

  const send = async () => {
    const text = area.value.trim();
    if ((!text && !files.length) || form.ariaBusy === "true") return;
    form.ariaBusy = "true";
    const command = place.thread ? null : text.match(/^\/brygga(?:\s+(.*))?$/s);
    const gone = command
      ? await act({ do: "command", text: command[1] ?? "", channel: place.channel })
      : await act({ do: "say", channel: place.channel, text, ...(place.thread ? { thread: place.thread } : {}), ...(files.length ? { files: await packed(files) } : {}) });
    form.ariaBusy = "false";
    if (!gone) return;
    area.value = "";
    drafts.delete(key);
    files.length = 0;
    show();
  };
  area.addEventListener("input", () => drafts.set(key, area.value));
  area.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  });

  const form = el(
    "form",
    { class: "composer", onsubmit: (event) => { event.preventDefault(); send(); } },
    el("label", { class: "unseen", for: id }, place.label),
    area,
    list,
    el(
      "div",
      { class: "composer-foot" },
      input,
      button("", () => input.click(), { class: "icon", "aria-label": t("attach") }, "clip"),
      !place.thread && button(t("command"), () => act({ do: "command", text: "", channel: place.channel }), { class: "button plain command", title: t("command_about"), "data-tour": "command" }),
      el("span", { class: "keys muted", id: `${id}-keys` }, t("enter_sends")),
      el("button", { type: "submit", class: "button main send" }, el("span", {}, t("send"))),
    ),
  );
  return form;
}
