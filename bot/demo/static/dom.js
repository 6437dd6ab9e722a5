/** Elements out of words: what people wrote only ever becomes text nodes. */

const SVG = "http://www.w3.org/2000/svg";

/** An element. Functions become listeners (`onclick`), true an empty attribute, false and null nothing. */
export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name.slice(2), value);
    else if (name === "value") made.value = value;
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/** A button that does something; `icon` stands before its words. */
export function button(words, onclick, attributes = {}, icon = null) {
  return el("button", { type: "button", onclick, ...attributes }, icon && sign(icon), words && el("span", {}, words));
}

const SIGNS = {
  slack: "M4 5h16v11H10l-5 4v-4H4z",
  mail: "M3 6h18v12H3zM3 7l9 7 9-7",
  clip: "M20 11l-8.5 8.5a5 5 0 0 1-7-7L13 4a3.4 3.4 0 0 1 5 5l-8.5 8.3a1.7 1.7 0 0 1-2.4-2.4L15 7.5",
  calendar: "M4 6h16v14H4zM4 10h16M8 3v4M16 3v4",
  clock: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7v5l3.5 2",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  down: "M6 9l6 6 6-6",
  back: "M15 5l-7 7 7 7",
  close: "M6 6l12 12M18 6L6 18",
  thread: "M10 6L4 11l6 5M4 11h10a6 6 0 0 1 6 6v2",
  home: "M4 11l8-7 8 7v9h-5v-6H9v6H4z",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  send: "M4 12l16-8-6 16-3-6z",
  pen: "M4 20l1-4L16 5l3 3L8 19z",
  done: "M5 13l4 4L19 7",
  flag: "M6 21V4h11l-2 4 2 4H6",
};

/** A drawn sign, silent for screen readers. */
export function sign(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "sign");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", SIGNS[name]);
  svg.append(path);
  return svg;
}

/** Initials on a calm colour that stays the same for a name. */
export function avatar(name, initials, { app = false } = {}) {
  if (app) return el("img", { class: "avatar", src: "icon.svg", alt: "" });
  let number = 0;
  for (const letter of name) number = (number * 31 + letter.codePointAt(0)) % 6;
  return el("span", { class: `avatar tone${number}`, "aria-hidden": "true" }, initials || firsts(name));
}

export function firsts(name) {
  const parts = name.split(/[\s(]+/).filter((part) => /^\p{L}/u.test(part));
  return ((parts[0]?.[0] ?? "?") + (parts.length > 1 ? parts[1][0] : "")).toUpperCase();
}

/** Bytes as people read them. */
export function size(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  const [amount, unit] = bytes < 999_500 ? [bytes / 1000, "kB"] : [bytes / 1e6, "MB"];
  return `${amount < 10 && unit === "MB" ? amount.toFixed(1).replace(".", ",") : Math.round(amount)} ${unit}`;
}

/**
 * Make a list show these items, redrawing only what has changed: scrolling, focus and what is being typed stay.
 * A node with `data-held` (somebody is writing in it) is left as it is. Answers the keys that are new.
 */
export function renew(list, items, key, draw, also = "") {
  const before = new Map([...list.children].map((node) => [node.dataset.key, node]));
  const fresh = [];
  let place = list.firstElementChild;
  for (const item of items) {
    const name = String(key(item));
    const drawn = JSON.stringify(item) + also;
    let node = before.get(name);
    before.delete(name);
    if (!node || (node.drawn !== drawn && !node.dataset.held)) {
      const made = draw(item);
      made.dataset.key = name;
      made.drawn = drawn;
      if (node) {
        const again = focusIn(node);
        if (place === node) place = made;
        node.replaceWith(made);
        again(made);
      } else fresh.push(name);
      node = made;
    }
    if (node === place) place = place.nextElementSibling;
    else list.insertBefore(node, place);
  }
  for (const node of before.values()) node.remove();
  return fresh;
}

/** Remembers which control in a node has the focus (by its `data-at`), to give it to the same one in another. */
export function focusIn(node) {
  const at = node.contains(document.activeElement) ? document.activeElement.dataset.at : undefined;
  return (made) => at && [...made.querySelectorAll("[data-at]")].find((one) => one.dataset.at === at)?.focus();
}

/** Later tells whether the focus is still where it is now, or nowhere: what comes late must not take it from anybody. */
export function staying() {
  const at = document.activeElement?.dataset.at;
  return () => document.activeElement === document.body || (at !== undefined && document.activeElement?.dataset.at === at);
}

/** For those who listen instead of looking. */
export function say(words) {
  const said = document.getElementById("said");
  said.append(el("p", {}, words));
  while (said.children.length > 5) said.firstElementChild.remove();
}

export function remembered(name, otherwise = "") {
  try {
    return localStorage.getItem(`brygga.${name}`) ?? otherwise;
  } catch {
    return otherwise;
  }
}

export function remember(name, value) {
  try {
    localStorage.setItem(`brygga.${name}`, value);
  } catch {
    // a browser that keeps nothing forgets: that is all
  }
}
