/** The fields of Slack's views: each kind of input as the browser's own. */

import { el, size } from "./dom.js";
import { unescaped, words } from "./mrkdwn.js";
import { names, stage } from "./stage.js";
import { t } from "./words.js";

const ZONE = "Europe/Stockholm"; // where the network is, wherever the browser is

let numbered = 0;

/** A field with its label, hint and place for an error. `way.room` gets {block, element, read, fail}. */
export function field(block, way) {
  const { element } = block;
  const id = `field-${++numbered}`;
  const hint = block.hint && el("p", { class: "hint", id: `${id}-hint` }, ...words(block.hint, names));
  const error = el("p", { class: "error", id: `${id}-error`, hidden: true });
  const about = [hint && `${id}-hint`, `${id}-error`].filter(Boolean).join(" ");
  const held = way.values && element.action_id in way.values ? way.values[element.action_id] : first(element);
  const input = (KINDS[element.type] ?? line)(element, { id, about, held, required: !block.optional });
  const label = [...words(block.label, names), block.optional && !block.quiet && el("span", { class: "optional" }, ` ${t("optional")}`)];
  const made = input.group
    ? el("fieldset", { class: "field", "aria-describedby": about }, el("legend", {}, ...label.filter(Boolean)), input.node)
    : el("div", { class: "field" }, el("label", { for: id }, ...label.filter(Boolean)), input.node);
  made.append(...[hint, error].filter(Boolean));
  const fail = (said) => {
    error.textContent = said;
    error.hidden = !said;
    (input.group ? made : input.target ?? input.node).setAttribute("aria-invalid", String(Boolean(said)));
  };
  const focus = () => (made.querySelector("input, select, textarea") ?? made).focus();
  const wrong = () => fault(block, element, input);
  way.room?.push({ block, element, read: input.read, files: input.files, fail, focus, wrong, node: made });
  if (block.dispatch_action || (block.quiet && way.press)) {
    made.addEventListener("change", () => way.press(element, input.read()));
  }
  return made;
}

/** What Slack's own form says before it sends anything; "" = nothing. */
function fault(block, element, input) {
  const value = input.files ? input.files() : input.read();
  if (value === null || value === "" || value.length === 0) return block.optional || block.quiet ? "" : t("fill_in");
  if (element.type === "url_text_input" && !/^[a-z][a-z0-9+.-]*:\/\/[^\s/]+\S*$/i.test(value)) return t("bad_url");
  if (element.type === "email_text_input" && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value)) return t("bad_email");
  if (element.type === "number_input" && Number.isNaN(Number(value))) return t("bad_number");
  return "";
}

function first(element) {
  if (element.type === "file_input") return [];
  if (element.initial_options) return element.initial_options.map((one) => one.value);
  if (element.initial_option) return element.initial_option.value;
  return element.initial_value ?? element.initial_date ?? element.initial_time ?? element.initial_date_time ?? element.initial_user ?? null;
}

// -- kinds ----------------------------------------------------------------------------------------------------------------

const KINDS = {
  plain_text_input: (element, way) => (element.multiline ? area(element, way) : line(element, way)),
  url_text_input: (element, way) => line(element, way, { inputmode: "url", placeholder: "https://" }),
  email_text_input: (element, way) => line(element, way, { inputmode: "email" }),
  number_input: (element, way) => line(element, way, { inputmode: element.is_decimal_allowed ? "decimal" : "numeric" }),
  datepicker: (element, way) => line(element, way, { type: "date" }),
  timepicker: (element, way) => line(element, way, { type: "time" }),
  datetimepicker: moment,
  static_select: choice,
  external_select: choice,
  users_select: choice,
  channels_select: choice,
  conversations_select: choice,
  radio_buttons: (element, way) => ticks(element, way, "radio"),
  checkboxes: (element, way) => ticks(element, way, "checkbox"),
  multi_static_select: (element, way) => ticks(element, way, "checkbox", "chips"),
  file_input: files,
};

const attributes = (element, { id, about, required }) => ({
  id,
  "aria-describedby": about,
  "aria-required": required ? "true" : null,
  "data-at": element.action_id,
  "data-action": element.action_id,
});

function line(element, way, more = {}) {
  const node = el("input", {
    type: "text",
    autocomplete: "off",
    maxlength: element.max_length ?? null,
    placeholder: element.placeholder ? unescaped(element.placeholder.text) : null,
    ...more,
    ...attributes(element, way),
    value: way.held ?? "",
  });
  return { node, read: () => node.value.trim() || null };
}

function area(element, way) {
  const node = el("textarea", { rows: 6, maxlength: element.max_length ?? null, ...attributes(element, way), value: way.held ?? "" });
  return { node, read: () => (node.value.trim() ? node.value : null) };
}

function moment(element, way) {
  const node = el("input", { type: "datetime-local", ...attributes(element, way), value: way.held ? wall(Number(way.held)) : "" });
  return { node, read: () => (node.value ? seconds(node.value) : null) };
}

function choice(element, way) {
  const node = el("select", attributes(element, way), ...options(element, way.held === null ? null : { value: way.held }, way.required));
  return { node, read: () => node.value || null };
}

/** The choices of a list; an empty one first, unless one must be and is chosen. */
export function options(element, chosen, required = false) {
  const one = (each) =>
    el("option", { value: each.value, selected: chosen?.value === each.value }, ...words(each.text, names));
  const made = [...offered(element).map(one)];
  for (const group of element.option_groups ?? []) {
    made.push(el("optgroup", { label: unescaped(group.label.text) }, ...group.options.map(one)));
  }
  if (chosen && required) return made;
  const none = element.placeholder ? unescaped(element.placeholder.text) : t("choose");
  return [el("option", { value: "", selected: !chosen }, none), ...made];
}

function offered(element) {
  const plain = (text) => ({ type: "plain_text", text, emoji: false });
  if (element.type === "users_select") {
    return stage.state.people.filter((one) => one.slack).map((one) => ({ value: one.slack, text: plain(one.name) }));
  }
  if (/^(channels|conversations)_select$/.test(element.type)) {
    return stage.state.channels.map((one) => ({ value: one.id, text: plain(`#${one.name}`) }));
  }
  return element.options ?? [];
}

function ticks(element, way, type, kind = "ticks") {
  const all = [...(element.options ?? []), ...(element.option_groups ?? []).flatMap((group) => group.options)];
  const held = [way.held ?? []].flat();
  const boxes = all.map((one) =>
    el("input", { type, name: way.id, value: one.value, checked: held.includes(one.value), "data-action": element.action_id, "data-at": `${element.action_id}/${one.value}` }),
  );
  const rows = all.map((one, number) =>
    el("label", { class: "tick" }, boxes[number], el("span", {}, ...words(one.text, names), one.description && el("span", { class: "hint" }, ...words(one.description, names)))),
  );
  const read = () => {
    const values = boxes.filter((box) => box.checked).map((box) => box.value);
    return type === "radio" ? values[0] ?? null : values;
  };
  return { node: el("div", { class: kind }, ...rows), group: true, read };
}

function files(element, way) {
  const input = el("input", { type: "file", multiple: (element.max_files ?? 10) > 1, ...attributes(element, way) });
  const list = el("ul", { class: "chosen", "aria-label": t("files_chosen") });
  input.addEventListener("change", () =>
    list.replaceChildren(...[...input.files].map((file) => el("li", {}, `${file.name} · ${size(file.size)}`))),
  );
  return { node: el("div", {}, input, list), target: input, read: () => [...input.files].map((file) => file.name), files: () => [...input.files] };
}

// -- time ------------------------------------------------------------------------------------------------------------------

/** Unix seconds as the clock on the network's wall shows them: 2026-08-26T13:00. */
function wall(unix) {
  const parts = new Intl.DateTimeFormat("sv-SE", { timeZone: ZONE, dateStyle: "short", timeStyle: "short" }).format(unix * 1000);
  return parts.replace(" ", "T");
}

/** And back. An hour that a spring night skips becomes the one after it. */
function seconds(clock) {
  const asked = Date.parse(`${clock}Z`);
  let found = asked;
  for (let round = 0; round < 2; round++) found += asked - Date.parse(`${wall(found / 1000)}Z`);
  return Math.round(found / 1000);
}
