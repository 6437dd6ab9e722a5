/** Slack's Block Kit as elements. */

import { el, sign } from "./dom.js";
import { field, options } from "./fields.js";
import { mrkdwn, rich, unescaped, words } from "./mrkdwn.js";
import { names } from "./stage.js";
import { ask } from "./dialogs.js";
import { t } from "./words.js";

/**
 * One block. `press(element, value)` is told what is pressed or chosen; `level` is what a header is (2 = h2 …);
 * `room` gathers the fields of a view: [{block, element, …}].
 */
export function block(one, { press, level = 4, room = null, values = {} }) {
  const drawn = draw(one, { press, level, room, values });
  if (one.block_id) drawn.dataset.block = one.block_id;
  return drawn;
}

function draw(one, way) {
  switch (one.type) {
    case "header": return el(`h${way.level}`, { class: "b-header" }, ...words(one.text, names));
    case "section": return section(one, way);
    case "context": return context(one);
    case "actions": return el("div", { class: "b-actions" }, ...(one.elements ?? []).map((each) => control(each, one, way)));
    case "divider": return el("hr", { class: "b-divider" });
    case "rich_text": return rich(one, names);
    case "markdown": return el("div", { class: "b-text" }, ...mrkdwn(one.text, names));
    case "image": return picture(one);
    case "input": return field(one, way);
    case "file": return el("p", { class: "b-context" }, sign("file"), one.external_id);
    default: return el("p", { class: "b-context" }, `[${one.type}]`);
  }
}

function section(one, way) {
  return el(
    "div",
    { class: "b-section" },
    el(
      "div",
      { class: "b-body" },
      one.text && el("div", { class: "b-text" }, ...words(one.text, names)),
      one.fields && el("div", { class: "b-fields" }, ...one.fields.map((each) => el("div", { class: "b-text" }, ...words(each, names)))),
    ),
    one.accessory && el("div", { class: "b-accessory" }, control(one.accessory, one, way)),
  );
}

function context(one) {
  return el(
    "div",
    { class: "b-context" },
    ...(one.elements ?? []).map((each) =>
      each.type === "image" ? image(each, "b-small") : el("span", { class: "b-text" }, ...words(each, names)),
    ),
  );
}

function picture(one) {
  return el(
    "figure",
    { class: "b-image" },
    one.title && el("figcaption", {}, ...words(one.title, names)),
    image(one, ""),
  );
}

/** Pictures of this machine are shown; any other is told of, for the page fetches nothing from outside. */
function image(one, kind) {
  const here = new URL(one.image_url ?? "x:", location.href);
  if (here.origin === location.origin) return el("img", { class: kind, src: here.href, alt: one.alt_text ?? "" });
  return el("span", { class: "b-absent" }, one.alt_text || t("no_picture"));
}

// -- what can be pressed -------------------------------------------------------------------------------------------------

function control(element, one, way) {
  const at = `${one.block_id}/${element.action_id}/${element.value ?? ""}`;
  switch (element.type) {
    case "button": return pressed(element, at, way);
    case "image": return image(element, "b-thumb");
    case "static_select":
    case "overflow":
    case "users_select":
    case "conversations_select":
    case "channels_select": return chosen(element, one, at, way);
    default: return field({ ...one, type: "input", label: one.text ?? element.placeholder, element, quiet: true }, way);
  }
}

function pressed(element, at, way) {
  const style = { primary: "main", danger: "danger" }[element.style] ?? "plain";
  const looks = {
    class: `button ${style}`,
    "data-at": at,
    "data-action": element.action_id,
    "aria-label": element.accessibility_label ? unescaped(element.accessibility_label) : null,
  };
  const said = el("span", {}, ...words(element.text, names));
  if (element.url) {
    // Slack opens the page and tells the app; what the app answers changes nothing for who presses.
    const told = () => way.press(element, element.value ?? null, { quiet: true });
    return el("a", { ...looks, href: unescaped(element.url), target: "_blank", rel: "noopener noreferrer", onclick: told }, said);
  }
  const made = el("button", { type: "button", ...looks }, said);
  made.addEventListener("click", async () => {
    if (made.ariaBusy === "true") return;
    if (element.confirm && !(await ask(element.confirm))) return;
    await busy(made, () => way.press(element, element.value ?? null));
  });
  return made;
}

function chosen(element, one, at, way) {
  const select = el(
    "select",
    { "data-at": at, "data-action": element.action_id, "aria-label": label(element, one) },
    ...options(element, element.initial_option ?? null),
  );
  select.addEventListener("change", () => select.value && busy(select, () => way.press(element, select.value)));
  return select;
}

const label = (element, one) => unescaped(one.text?.text ?? element.placeholder?.text ?? t("choose"));

/** While something is under way its control says so, and takes no second press. */
export async function busy(node, work) {
  node.ariaBusy = "true";
  try {
    return await work();
  } finally {
    node.ariaBusy = "false";
  }
}
