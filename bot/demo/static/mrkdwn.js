/** Slack's way of writing, as elements: mrkdwn and rich text. */

import { el } from "./dom.js";
import { emoji, known } from "./emoji.js";

/** Slack escapes three signs, no more. */
export const unescaped = (text) => text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");

/** A link that opens beside the page; words alone when it leads nowhere that is safe to press. */
export function link(url, words) {
  if (!/^(https?:|mailto:)/i.test(url)) return document.createTextNode(words || url);
  if (/^mailto:/i.test(url)) return el("a", { href: `#mejl=${encodeURIComponent(url)}` }, words || url.slice(7));
  return el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, words || url);
}

/** Text of a block object: mrkdwn or plain words. `names`: what ids of people and channels are called. */
export function words(text, names) {
  if (!text) return [];
  if (text.type === "mrkdwn") return mrkdwn(text.text, names);
  const said = unescaped(text.text ?? "");
  return [text.emoji === false ? said : said.replace(/:([a-z0-9_+-]+):/g, (whole, name) => (known(name) ? emoji(name) : whole))];
}

// -- mrkdwn -------------------------------------------------------------------------------------------------------------

/** A message's own text as elements. */
export function mrkdwn(text, names) {
  const made = [];
  for (const [number, part] of text.split("```").entries()) {
    if (number % 2) made.push(el("pre", {}, el("code", {}, unescaped(part.replace(/^\n|\n$/g, "").replace(/<([^|>]+)(\|[^>]*)?>/g, "$1")))));
    else made.push(...quoted(number ? part.replace(/^\n/, "") : part, names));
  }
  return made;
}

/** Lines that begin with > stand as one quotation. */
function quoted(text, names) {
  const made = [];
  let quote = null;
  const lines = text.split("\n");
  for (const [number, line] of lines.entries()) {
    const inner = line.match(/^(?:&gt;|>) ?(.*)$/);
    if (inner) {
      if (!quote) made.push((quote = el("blockquote")));
      else quote.append("\n");
      quote.append(...inline(inner[1], names));
    } else {
      const again = quote !== null;
      quote = null;
      if (number && !again) made.push("\n");
      made.push(...inline(line, names));
    }
  }
  return made;
}

const WORD = /[\p{L}\p{N}]/u;
const MARKS = { "*": "strong", _: "em", "~": "s" };

/** One line: links, marks, signs. A mark opens before a word and closes after one, as in Slack. */
function inline(line, names) {
  const made = [];
  let plain = "";
  const flush = () => {
    if (plain) made.push(unescaped(plain));
    plain = "";
  };
  for (let at = 0; at < line.length; ) {
    const rest = line.slice(at);
    const before = line[at - 1] ?? "";
    let found;
    if ((found = rest.match(/^<([^<>]+)>/))) {
      flush();
      made.push(special(found[1], names));
    } else if ((found = rest.match(/^`([^`]+)`/))) {
      flush();
      made.push(el("code", {}, unescaped(found[1].replace(/<([^|>]+)(\|[^>]*)?>/g, "$1"))));
    } else if (MARKS[rest[0]] && !WORD.test(before) && (found = marked(rest))) {
      flush();
      made.push(el(MARKS[rest[0]], {}, ...inline(found[1], names)));
    } else if ((found = rest.match(/^:([a-z0-9_+'-]+(?:::skin-tone-\d)?):/)) && known(found[1])) {
      flush();
      made.push(emoji(found[1]));
    }
    if (found) at += found[0].length;
    else plain += line[at++];
  }
  flush();
  return made;
}

/** What stands between a mark and the one that closes it: [with marks, without]; links inside are not looked into. */
function marked(rest) {
  const mark = rest[0];
  if (!rest[1] || /\s/.test(rest[1]) || rest[1] === mark) return null;
  for (let at = 1, link = false; at < rest.length; at++) {
    if (rest[at] === "<") link = true;
    else if (rest[at] === ">") link = false;
    else if (rest[at] === mark && !link && !/\s/.test(rest[at - 1]) && !WORD.test(rest[at + 1] ?? "")) {
      return [rest.slice(0, at + 1), rest.slice(1, at)];
    }
  }
  return null;
}

function special(inner, names) {
  const [target, label = ""] = inner.split(/\|(.*)/s);
  if (target.startsWith("@")) return mention(names.user(target.slice(1), unescaped(label)), "@");
  if (target.startsWith("#")) return mention(names.channel(target.slice(1), unescaped(label)), "#");
  if (target.startsWith("!date^")) return document.createTextNode(unescaped(label) || target);
  if (target.startsWith("!")) return mention(unescaped(label).replace(/^@/, "") || target.slice(1).split("^")[0], "@");
  return link(unescaped(target), unescaped(label));
}

const mention = (name, mark) => el("span", { class: "mention" }, mark + name);

// -- rich text ----------------------------------------------------------------------------------------------------------

/** A rich_text block. */
export function rich(block, names) {
  return el("div", { class: "rich" }, ...lists(block.elements ?? [], names));
}

/** Lists of more and more indent become lists within lists. */
function lists(elements, names) {
  const made = [];
  const open = []; // the lists that the next one may stand in, outermost first
  for (const one of elements) {
    if (one.type !== "rich_text_list") {
      open.length = 0;
      made.push(part(one, names));
      continue;
    }
    const tag = one.style === "ordered" ? "ol" : "ul";
    const list = el(tag, tag === "ol" && one.offset ? { start: one.offset + 1 } : {});
    list.append(...one.elements.map((item) => el("li", {}, ...pieces(item.elements ?? [], names))));
    open.length = Math.min(open.length, one.indent ?? 0);
    const outer = open.at(-1)?.lastElementChild;
    if (outer) outer.append(list);
    else made.push(list);
    open.push(list);
  }
  return made;
}

function part(one, names) {
  const inside = pieces(one.elements ?? [], names);
  if (one.type === "rich_text_preformatted") return el("pre", {}, el("code", {}, ...inside));
  if (one.type === "rich_text_quote") return el("blockquote", {}, ...inside);
  return el("div", { class: "rich-line" }, ...inside);
}

function pieces(elements, names) {
  return elements.map((one) => styled(piece(one, names), one.style ?? {}));
}

function piece(one, names) {
  switch (one.type) {
    case "text": return document.createTextNode(one.text);
    case "link": return link(one.url, one.text);
    case "user": return mention(names.user(one.user_id, ""), "@");
    case "channel": return mention(names.channel(one.channel_id, ""), "#");
    case "usergroup": return mention(one.usergroup_id, "@");
    case "broadcast": return mention(one.range, "@");
    case "emoji": return document.createTextNode(emoji(one.name, one.unicode));
    case "date": return document.createTextNode(one.fallback ?? "");
    default: return document.createTextNode(one.value ?? one.text ?? "");
  }
}

function styled(node, style) {
  for (const [name, tag] of [["code", "code"], ["strike", "s"], ["italic", "em"], ["bold", "strong"]]) {
    if (style[name]) node = el(tag, {}, node);
  }
  return node;
}
