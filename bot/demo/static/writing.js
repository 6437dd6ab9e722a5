/** A letter that somebody writes: new, or as an answer. */

import { packed, post } from "./api.js";
import { busy } from "./blocks.js";
import { note } from "./dialogs.js";
import { button, el } from "./dom.js";
import { changed, done, stage } from "./stage.js";
import { t } from "./words.js";

export function writing(draft, { done: end, back }) {
  const { reply } = draft;
  const to = line("write-to", t("to"), draft.to || (reply ? answered(reply) : stage.state.address), { inputmode: "email", list: "known-addresses" });
  const subject = line("write-subject", t("subject"), draft.subject || (reply ? again(reply.subject) : ""));
  const text = el("textarea", { id: "write-text", rows: 8, value: draft.text });
  const files = el("input", { type: "file", id: "write-files", multiple: true });
  const error = el("p", { class: "error", role: "alert", hidden: true });

  const send = async (event) => {
    event.preventDefault();
    const complain = (words, small = "") => {
      error.replaceChildren(words, small && " ", small && el("small", { lang: "en" }, small));
      error.hidden = !words;
    };
    complain("");
    if (sender.disabled) return;
    if (!to.input.value.trim()) {
      complain(t("fill_in"));
      return to.input.focus();
    }
    sender.disabled = true;
    try {
      const answer = await busy(sender, async () =>
        post("api/mail/send", {
          as: stage.who,
          to: to.input.value.trim(),
          subject: subject.input.value.trim(),
          text: text.value,
          ...(reply ? { reply_to_uid: reply.uid } : {}),
          ...(files.files.length ? { files: await packed(files.files) } : {}),
        }),
      );
      if (!answer.ok) return complain(t(refusal(answer.said ?? "")), answer.said ?? "");
      note(t("sent"));
      done("sent");
      end();
      changed();
    } catch (failed) {
      complain(t("trouble", { what: failed.message }));
    } finally {
      sender.disabled = false;
    }
  };

  const sender = el("button", { type: "submit", class: "button main" }, el("span", {}, t("send")));
  const known = [stage.state.address, ...stage.state.special.map((one) => one.address), ...stage.state.people.map((one) => one.email).filter(Boolean)];
  return el(
    "form",
    { class: "letter writing", novalidate: true, onsubmit: send, "aria-labelledby": "write-title" },
    el("div", { class: "letter-tools" }, button(t("back_to_inbox"), back, { class: "button quiet back" }, "back")),
    el("h3", { id: "write-title" }, reply ? t("answering", { name: reply.from.name || reply.from.address }) : t("new_mail")),
    to.node,
    el("datalist", { id: "known-addresses" }, ...[...new Set(known)].map((one) => el("option", { value: one }))),
    subject.node,
    el("div", { class: "field" }, el("label", { for: "write-text" }, t("text")), text, reply && el("p", { class: "hint" }, t("quote_follows"))),
    el("div", { class: "field" }, el("label", { for: "write-files" }, t("attach")), files),
    error,
    el("div", { class: "b-actions" }, sender, button(t("throw_away"), back, { class: "button plain" })),
  );
}

/** The sentence for what a mail server answered (RFC 5321 §4.2.1): 4… may go later, 550 is no mailbox. */
function refusal(said) {
  if (/^4\d\d/.test(said)) return "refused_now";
  return /^550/.test(said) ? "refused_nobody" : "refused";
}

function line(id, words, value, more = {}) {
  const input = el("input", { id, type: "text", autocomplete: "off", value, ...more });
  return { input, node: el("div", { class: "field" }, el("label", { for: id }, words), input) };
}

/** Where an answer goes: as mail programs do it. */
function answered(one) {
  const reply = one.headers.find(([name]) => name.toLowerCase() === "reply-to")?.[1] ?? "";
  return reply.match(/<([^<>]+)>/)?.[1] ?? (reply.trim() || one.from.address);
}

const again = (subject) => (/^sv:/i.test(subject) ? subject : `Sv: ${subject}`);

/** What a mailto: link asks for, as the beginning of a letter. */
export function asked(link) {
  const [, to = "", query = ""] = link.match(/^mailto:([^?]*)\??(.*)$/is) ?? [];
  const plain = (text) => {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  };
  const values = Object.fromEntries(query.split("&").map((pair) => pair.split("=")).map(([name, ...rest]) => [name.toLowerCase(), plain(rest.join("="))]));
  return { to: plain(to), subject: values.subject ?? "", text: values.body ?? "" };
}
