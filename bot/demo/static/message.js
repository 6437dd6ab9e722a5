/** One message in Slack: who, when, what it says, and what can be done with it. */

import { post } from "./api.js";
import { block, busy } from "./blocks.js";
import { ask, trouble } from "./dialogs.js";
import { avatar, button, el, sign, size } from "./dom.js";
import { emoji, QUICK } from "./emoji.js";
import { mrkdwn } from "./mrkdwn.js";
import { changed, done, names, person, stage } from "./stage.js";
import { look } from "./view.js";
import { when } from "./when.js";
import { t } from "./words.js";

/** What editors press to let go of what waits for them. */
const RELEASES = ["approve", "trust"];

/** Tell the demo what this person does in Slack; troubles are shown. Answers whether it went. */
export async function act(what, { quiet = false } = {}) {
  try {
    const answer = await post("api/slack", { as: stage.who, ...what });
    if (answer.trouble && !quiet) trouble(answer.trouble);
    if (!quiet) await look();
    changed();
    return answer.ok && !answer.trouble;
  } catch (error) {
    if (!quiet) trouble(error.message);
    return false;
  }
}

/** `channel` is where it stands; `thread` opens its thread, or is null inside one. */
export function message(one, channel, { thread = null, inThread = false } = {}) {
  const { author } = one;
  const body = el("div", { class: "m-body" }, ...content(one, channel));
  const doings = el("div", { class: "m-doings", hidden: true });
  const made = el(
    "li",
    { class: `message${one.is_ephemeral ? " whispered" : ""}` },
    avatar(author.name, author.initials, { app: author.app }),
    el(
      "div",
      { class: "m-main" },
      el(
        "p",
        { class: "m-head" },
        el("strong", {}, author.name),
        author.app && el("span", { class: "badge" }, t("app_sign")),
        el("time", { class: "m-when", datetime: one.iso }, when(one.iso)),
        one.is_ephemeral && el("span", { class: "m-whisper" }, t("only_you")),
      ),
      body,
      reactions(one, channel),
      thread && answers(one, thread),
    ),
  );
  if (one.is_ephemeral || one.subtype === "tombstone") return made;
  made.querySelector(".m-main").append(doings);
  made.append(
    button("", (event) => unfold(event.currentTarget, doings, made, one, channel, thread), {
      class: "icon m-more",
      "data-at": "more",
      "aria-expanded": "false",
      "aria-label": t("more", { name: author.name }),
    }, "more"),
  );
  return made;
}

function content(one, channel) {
  if (one.subtype === "tombstone") return [el("p", { class: "muted" }, t("gone"))];
  const press = async (element, value, more) => {
    const went = await act({ do: "press", channel, ts: one.ts, action_id: element.action_id, value }, more);
    if (went && RELEASES.includes(element.action_id)) done("released");
  };
  const said = one.blocks?.length
    ? one.blocks.map((each) => block(each, { press, level: 4 }))
    : [el("div", { class: "b-text" }, ...mrkdwn(one.text ?? "", names))];
  if (one.edited && !one.bot_id) said.push(el("span", { class: "m-edited" }, t("edited")));
  return [...said, ...(one.files ?? []).filter((file) => file.id && file.name).map(attached)];
}

/** A file: a picture is shown, anything else is a link. */
function attached(file) {
  const src = `api/file/${encodeURIComponent(file.id)}`;
  const name = file.title || file.name;
  const link = el("a", { class: "file", href: src, download: file.name }, sign("file"), el("span", {}, name), el("span", { class: "muted" }, size(file.size ?? 0)));
  if (!/^image\/(png|jpeg|gif|webp)$/.test(file.mimetype ?? "")) return link;
  return el("figure", { class: "b-image" }, el("img", { src, alt: name }), el("figcaption", {}, link));
}

function reactions(one, channel) {
  if (!one.reactions?.length) return null;
  const chips = one.reactions.map((each) =>
    button(`${emoji(each.name)} ${each.count}`, () => act({ do: "react", channel, ts: one.ts, name: each.name }), {
      class: "reaction",
      "data-at": `react/${each.name}`,
      "aria-pressed": String(Boolean(each.users?.includes(person()?.slack))),
      "aria-label": t("reactions", { name: each.name, n: each.count }),
    }),
  );
  return el("div", { class: "reactions" }, ...chips);
}

function answers(one, thread) {
  if (one.is_ephemeral || (!one.reply_count && !one.bot_id)) return null;
  const words = one.reply_count ? t.many("replies", "reply_one", one.reply_count) : t("answer_in_thread");
  return button(words, () => thread(one.ts), { class: `replies${one.reply_count ? "" : " none"}`, "data-at": "thread" }, "thread");
}

// -- what can be done with it --------------------------------------------------------------------------------------------

function unfold(opener, doings, made, one, channel, thread) {
  const folded = doings.hidden;
  doings.hidden = !folded;
  opener.setAttribute("aria-expanded", String(folded));
  if (folded) made.dataset.held = "menu";
  else delete made.dataset.held;
  const close = () => folded && !doings.hidden && opener.click();
  if (folded) doings.replaceChildren(...choices(one, channel, thread, made, close));
  doings.onkeydown = (event) => {
    if (event.key !== "Escape") return;
    close();
    opener.focus();
  };
}

function choices(one, channel, thread, made, close) {
  const doing = (words, work, more = {}) =>
    button(words, async (event) => {
      const pressed = event.currentTarget;
      await busy(pressed, work);
      close();
    }, { class: "chip", ...more });
  const mine = !one.bot_id && one.user && one.user === person()?.slack;
  const signs = QUICK.map((name) =>
    doing(emoji(name), () => act({ do: "react", channel, ts: one.ts, name }), { class: "chip", "aria-label": t("react", { name }) }),
  );
  return [
    doing(t("share_this"), () => act({ do: "message_shortcut", channel, ts: one.ts, callback_id: "share_message" }), { "data-doing": "share" }),
    thread && doing(t("answer_in_thread"), () => thread(one.ts)),
    ...signs,
    mine && doing(t("edit"), () => editing(one, channel, made)),
    mine && doing(t("remove"), () => removing(one, channel)),
  ].filter(Boolean);
}

async function removing(one, channel) {
  const sure = { title: t("remove_sure"), text: t("remove_text"), confirm: t("remove"), deny: t("leave_it"), style: "danger" };
  if (await ask(sure)) await act({ do: "delete", channel, ts: one.ts });
}

/** The message becomes a field; it stays one while others write. */
function editing(one, channel, made) {
  const body = made.querySelector(".m-body");
  const before = [...body.childNodes];
  const area = el("textarea", { rows: 3, "aria-label": t("edit"), value: plainly(one.text ?? "") });
  const end = () => {
    delete made.dataset.held;
    body.replaceChildren(...before);
    changed();
  };
  const save = async () => {
    if (area.value.trim() && (await act({ do: "edit", channel, ts: one.ts, text: area.value }))) end();
  };
  area.addEventListener("keydown", (event) => event.key === "Escape" && end());
  body.replaceChildren(
    area,
    el("div", { class: "b-actions" }, button(t("save"), save, { class: "button main" }), button(t("cancel"), end, { class: "button plain" })),
  );
  queueMicrotask(() => {
    made.dataset.held = "editing";
    area.focus();
  });
}

/** As a person would type it: names for ids, addresses for links. */
function plainly(text) {
  return text
    .replace(/<@([A-Z0-9]+)(?:\|[^>]*)?>/g, (whole, id) => `@${names.user(id, "")}`)
    .replace(/<((?:https?|mailto):[^|>]+)(?:\|[^>]*)?>/g, "$1")
    .replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
}
