"""A held post as the desk in Slack shows it: what, why, from whom, how many get it, and what to press; then who decided."""

from bridges.mail.headers import display_name, one_line
from bridges.occasions import held_words, kind_word, last_day, moment, when_and_where
from bridges.slack.drawing.message import Block, DeskView, Message
from bridges.slack.drawing.pieces import actions, bold, button, confirm, context, line, link, paragraphs, section
from bridges.slack.drawing.rows import Row, holds, longest, message, text_row, title_row
from bridges.slack.words.to_slack import sections
from bridges.texts import Texts

#: Why a post waits, when its sender could be trusted from now on.
_NEWCOMERS = frozenset({"first_share", "unknown_user", "unknown_sender"})
#: How much of the text an editor sees (characters).
_BEGINNING = (2_500, 1_500, 800, 300, 100)
_MOST_FILES = 10


def desk_card(view: DeskView, t: Texts) -> Message:
    """The post for the editors, as it stands now."""
    title = one_line(view.title, 3_000) or t.t("(no subject)")
    if view.decision:
        return message([_kicker(t.t("Decided"), view, t), title_row(title), _decided(view, title, t)])

    def rows(text: str, goes_on: str) -> list[Row]:
        return [
            _kicker(t.t("Waits for an editor"), view, t),
            title_row(title),
            _facts(view, t),
            text_row(text) if text.strip() else _small(t.t("The post has no text of its own.")),
            _small(goes_on),
            _files(view, t),
            Row("", [actions(*_buttons(view, title, t))]),
        ]

    more = t.t("The text goes on. All of it stands in the mail to the editors.")
    text, cut = longest(
        view.text,
        _BEGINNING,
        lambda text: sections(text)[1] and holds(rows(text, more)),
    )
    return message(rows(text, more if cut else ""))


def _kicker(stands: str, view: DeskView, t: Texts) -> Row:
    words = f"{bold(stands.upper())} · {line(kind_word(view.kind, t))}"
    return Row(words, [context(words)])


def _small(words: str) -> Row:
    return Row(words, [context(words)] if words else ())


def _facts(view: DeskView, t: Texts) -> Row:
    """From whom, why it waits, and how many get it."""
    same = t.t("Perhaps the same as: {title}", title=link(view.same_url, one_line(view.same_title, 150)))
    lines = (
        line(t.t("From: {sender}", sender=_sender(view, t))),
        line(held_words(view.reason, t)) or line(t.t("unknown")),
        _understood(view, t),
        same if view.same_title else "",
        t.plural("It goes to {n} person if you send it on.", "It goes to {n} people if you send it on.", view.people),
    )
    return Row("\n".join(filter(None, lines)), paragraphs(lines))


def _understood(view: DeskView, t: Texts) -> str:
    """When, where and the last day, as they would stand on the card."""
    if view.event is None:
        return ""
    said = (when_and_where(view.event, view.today, t), last_day(view.event, view.today, t).words)
    return line(t.t("Understood as: {words}", words=" · ".join(filter(None, said))))


def _sender(view: DeskView, t: Texts) -> str:
    return " · ".join(filter(None, (display_name(view.sender_name), one_line(view.sender, 120)))) or t.t("unknown")


def _files(view: DeskView, t: Texts) -> Row:
    lines = [
        t.t("File: {name} ({size})", name=line(name, 80), size=t.size(size)) for name, size in view.files[:_MOST_FILES]
    ]
    if (more := len(view.files) - _MOST_FILES) > 0:
        lines.append(t.plural("and {n} more file", "and {n} more files", more))
    return Row("\n".join(lines), paragraphs(lines))


def _buttons(view: DeskView, title: str, t: Texts) -> list[Block]:
    short = one_line(title, 100)
    question = t.plural("Send to {n} person?", "Send to {n} people?", view.people)
    sure = confirm(question, short, t.t("Send on"), t.t("Wait"))
    buttons = [
        button("approve", t.t("Send on"), short, view.held_id, style="primary", confirm=sure),
        button(
            "reject",
            t.t("Reject"),
            short,
            view.held_id,
            style="danger",
            confirm=confirm(
                t.t('Reject "{title}"?', title=one_line(title, 60)),
                t.t("Nobody gets the post, and the sender is told."),
                t.t("Reject"),
                t.t("Wait"),
                danger=True,
            ),
        ),
    ]
    if view.same_title:
        buttons.insert(0, button("merge", t.t("The same event"), short, view.held_id, style="primary"))
        buttons[1].pop("style")
    if view.reason in _NEWCOMERS:
        words = t.t("Send, and trust the sender from now on")
        buttons.insert(-1, button("trust", words, short, view.held_id, confirm=sure))
    return buttons


def _decided(view: DeskView, title: str, t: Texts) -> Row:
    """Who, what and when."""
    who, short = one_line(view.decided_by, 100) or t.t("Another editor"), one_line(title, 100)
    when = moment(view.decided_at, view.timezone, view.today, t) if view.decided_at else t.t("earlier")
    match view.decision:
        case "rejected":
            said = t.t('{who} rejected "{title}" {when}.', who=who, title=short, when=when)
        case "merged":
            said = t.t(
                '{who} said {when} that "{title}" is an event that is there already.', who=who, title=short, when=when
            )
        case "taken_back":
            said = t.t("The one who wrote it took it back {when}.", when=when)
        case _:
            said = t.t('{who} sent on "{title}" {when}.', who=who, title=short, when=when)
    words = f"{line(said, 400)}\n{line(t.t('From: {sender}', sender=_sender(view, t)))}"
    return Row(words, [section(words)])
