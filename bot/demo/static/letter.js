/** One letter, open: from whom, what it says, what came with it, and how to answer. */

import { post } from "./api.js";
import { busy } from "./blocks.js";
import { note, trouble } from "./dialogs.js";
import { avatar, button, el, sign, size } from "./dom.js";
import { changed, stage } from "./stage.js";
import { span, when } from "./when.js";
import { t } from "./words.js";

export function letter(one, { back, answer }) {
  const from = one.from.name || one.from.address;
  const text = el("div", { class: "plain-letter", tabindex: "0", hidden: Boolean(one.html) }, ...linked(one.text ?? ""));
  const frame = one.html && framed(one.html, t("letter", { name: from }));
  const to = [one.to].flat().map((each) => (typeof each === "string" ? each : each.address)).join(", ");
  return el(
    "article",
    { class: "letter", "aria-labelledby": "letter-title" },
    el(
      "div",
      { class: "letter-tools" },
      button(t("back_to_inbox"), back, { class: "button quiet back" }, "back"),
      el("span", { class: "filler" }),
      frame && way(frame, text),
      button(t("reply"), answer, { class: "button main", "data-doing": "reply" }, "thread"),
    ),
    el(
      "div",
      { class: "letter-head" },
      avatar(from, ""),
      el(
        "div",
        {},
        el("h3", { id: "letter-title", tabindex: "-1" }, one.subject),
        el("p", {}, el("strong", {}, from), " ", el("span", { class: "muted" }, `<${one.from.address}>`)),
        el("p", { class: "muted" }, `${t("to")} ${to} · `, el("time", { datetime: one.iso }, when(one.iso))),
      ),
    ),
    one.calendar && calendar(one),
    el("div", { class: "letter-more" }, one.attachments?.length ? attachments(one) : null, headers(one)),
    frame,
    text,
  );
}

/** The switch between what the letter looks like and what it says. */
function way(frame, text) {
  const choose = (html) => {
    frame.hidden = !html;
    text.hidden = html;
    looks.setAttribute("aria-pressed", String(html));
    says.setAttribute("aria-pressed", String(!html));
  };
  const looks = button(t("as_html"), () => choose(true), { "aria-pressed": "true" });
  const says = button(t("as_text"), () => choose(false), { "aria-pressed": "false" });
  return el("div", { class: "switch", role: "group", "aria-label": t("reading_as") }, looks, says);
}

// -- HTML -----------------------------------------------------------------------------------------------------------------

/** What a letter may load: nothing but pictures that came with it. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'";
const GONE = "script, noscript, iframe, frame, frameset, object, embed, applet, form, base, link, meta[http-equiv], portal, template";

/** Wide letters shrink to the width there is, as mail programs on phones show them. */
const FITS = `html { overflow: hidden; } body { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 600px) { table, td, div, p, img, pre { max-width: 100% !important; min-width: 0 !important; } pre { white-space: pre-wrap; } }`;

/**
 * A frame without scripts or forms: neither the sandbox nor the policy in the letter lets any run. It has this page's
 * origin, so that the page can measure it and make it as tall as what it holds: then the pane scrolls once. Origin
 * without scripts gives a letter nothing, for only scripts could use it. Its links open in new tabs; those may act as
 * pages of their own, or the buttons on Brygga's pages would be dead.
 */
function framed(html, title) {
  const frame = el("iframe", {
    class: "html-letter",
    title,
    sandbox: "allow-same-origin allow-popups allow-popups-to-escape-sandbox",
    referrerpolicy: "no-referrer",
    srcdoc: harmless(html),
  });
  let width = -1;
  const fresh = () => {
    if (frame.offsetWidth === width) return;
    width = frame.offsetWidth;
    fit(frame);
  };
  frame.addEventListener("load", () => {
    width = -1;
    fresh();
  });
  new ResizeObserver(fresh).observe(frame);
  return frame;
}

/** As tall as its letter, and the letter no wider than the frame: what cannot shrink is shown smaller. */
function fit(frame) {
  const page = frame.contentDocument?.documentElement;
  if (!page || !frame.offsetWidth) return;
  page.style.zoom = "";
  frame.style.height = "0"; // or a letter that fills its window would never grow shorter
  const wide = page.scrollWidth / frame.clientWidth;
  if (wide > 1) page.style.zoom = String(1 / wide);
  frame.style.height = `${Math.ceil(page.scrollHeight * Math.min(1, 1 / wide)) + 1}px`;
}

function harmless(html) {
  const page = new DOMParser().parseFromString(html, "text/html"); // inert: runs and loads nothing
  for (const node of page.querySelectorAll(GONE)) node.remove();
  for (const image of page.querySelectorAll("img, source, input, video, audio")) {
    if (/^data:image\//i.test(image.getAttribute("src") ?? "") && image.localName === "img") image.removeAttribute("srcset");
    else image.replaceWith(page.createTextNode(image.getAttribute("alt") || ""));
  }
  for (const link of page.querySelectorAll("a[href], area[href]")) lead(link);
  const policy = page.createElement("meta");
  policy.setAttribute("http-equiv", "Content-Security-Policy");
  policy.setAttribute("content", POLICY);
  const style = page.createElement("style");
  style.textContent = FITS;
  page.head.prepend(policy);
  page.head.append(style);
  return `<!doctype html>${page.documentElement.outerHTML}`;
}

/** A mail address is written to on this page; other pages open beside it. */
function lead(link) {
  const to = link.getAttribute("href").trim();
  if (/^mailto:/i.test(to)) link.href = `${location.origin}${location.pathname}#mejl=${encodeURIComponent(to)}`;
  else if (!/^https?:/i.test(to)) return link.removeAttribute("href");
  link.setAttribute("target", "_blank");
  link.setAttribute("rel", "noopener noreferrer");
}

// -- text -----------------------------------------------------------------------------------------------------------------

/** Plain words, with links where there are addresses of pages. */
function linked(text) {
  return text.split(/(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)])/).map((part, number) =>
    number % 2 ? el("a", { href: part, target: "_blank", rel: "noopener noreferrer" }, part) : part,
  );
}

// -- what came with it ----------------------------------------------------------------------------------------------------

function attachments(one) {
  const items = one.attachments.map((file) =>
    el(
      "li",
      {},
      el(
        "a",
        { class: "file", href: `api/mail/${one.uid}/file/${file.n}?${new URLSearchParams({ as: stage.who })}`, download: file.name },
        sign(/calendar/.test(file.type) ? "calendar" : "file"),
        el("span", {}, file.name),
        el("span", { class: "muted" }, size(file.size)),
      ),
    ),
  );
  return el("ul", { class: "attachments", "aria-label": t("attachments") }, ...items);
}

/** What a calendar program shows of it; unless it is off, one can answer, as there. */
function calendar(one) {
  const { method, title, start, end } = one.calendar;
  const kind = { REQUEST: "calendar_invite", CANCEL: "calendar_off" }[method] ?? "calendar_event";
  const answer = (said) => async (event) => {
    try {
      const done = await busy(event.currentTarget, () => post("api/mail/calendar", { as: stage.who, uid: one.uid, answer: said }));
      if (done.ok === false) trouble(done.said);
      else note(t("calendar_said"));
      changed();
    } catch (error) {
      trouble(error.message);
    }
  };
  const choices = [["yes", "accept"], ["maybe", "tentative"], ["no", "decline"]];
  return el(
    "section",
    { class: "calendar-card", "aria-label": t(kind) },
    sign("calendar"),
    el(
      "div",
      { class: "calendar-facts" },
      el("p", {}, el("span", { class: "muted" }, `${t(kind)} · `), span(start, end)),
      !one.subject.includes(title) && el("p", {}, el("strong", {}, title)),
    ),
    method !== "CANCEL" && el("div", { class: "calendar-answers" }, ...choices.map(([said, words]) => button(t(words), answer(said), { class: "button plain", "data-answer": said }))),
  );
}

function headers(one) {
  const rows = one.headers.map(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]);
  return el("details", { class: "headers" }, el("summary", {}, t("headers")), el("dl", {}, ...rows.flat()));
}
