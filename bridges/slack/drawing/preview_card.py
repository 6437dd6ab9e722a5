"""An edition of the digest at the desk in Slack: when it goes and to how many, what stands in it, and what to press."""

from collections.abc import Iterator

from bridges.digest_words import section_headings
from bridges.edition import EditionRow
from bridges.preview import Preview, facts_of, skipped_words, standing, title_of, week_word
from bridges.slack.drawing.message import Block, Message
from bridges.slack.drawing.pieces import actions, bold, button, confirm, context, header, line, paragraphs, section
from bridges.slack.drawing.rows import Row, holds, longest, message, text_row
from bridges.slack.words.to_slack import sections
from bridges.texts import Texts
from storage.words import DigestState

#: What is left of a lead that is long (characters).
_LEAD = (1_200, 600, 300, 100)
#: Characters of a title, less of one whose signs are written longer than they are; and of what stands beside it.
_TITLES, _LONGEST_TITLE, _FACTS = (110, 40, 15), 160, 90
#: Rows of the edition for which a long lead makes room.
_ROWS = 10


def preview_card(p: Preview, t: Texts) -> Message:
    """The post, as it stands now: to be decided on, or with what was decided."""
    if p.state is DigestState.SENT:
        return message([_kicker(p, t), _heading(p, t), _standing(p, t)])
    if p.state is DigestState.SKIPPED:
        anyway = [button("digest_revive", t.t("Send it anyway"), _about(p, t), p.week, confirm=_sure(p, t))]
        buttons = [Row("", [actions(*anyway)])] if p.edition.rows else []
        return message([_kicker(p, t), _heading(p, t), _standing(p, t), *buttons])
    lead, cut = longest(p.edition.lead, _LEAD, lambda text: sections(text)[1] and holds(_rows(p, t, text, 0, cut=True)))
    return message(_rows(p, t, lead, _most(p, t, lead, cut=cut), cut=cut))


def _most(p: Preview, t: Texts, lead: str, *, cut: bool) -> int:
    """How many rows of the edition the post holds: found by halving, for there may be hundreds."""
    least, most = 0, len(p.edition.rows)
    while least < most:
        middle = (least + most + 1) // 2
        if holds(_rows(p, t, lead, middle, cut=cut)):
            least = middle
        else:
            most = middle - 1
    return least


def _rows(p: Preview, t: Texts, lead: str, shown: int, *, cut: bool) -> list[Row]:
    """The post with so many rows of the edition."""
    short = t.t("The lead goes on: all of it stands under Change.") if cut else ""
    return [
        _kicker(p, t),
        _heading(p, t),
        _standing(p, t),
        text_row(lead),
        _small(short),
        *_sections(p, t, shown),
        _small(_left(p, t, shown)),
        Row("", [actions(*_buttons(p, t))]),
    ]


def _kicker(p: Preview, t: Texts) -> Row:
    words = {
        DigestState.SENT: t.t("Sent"),
        DigestState.SKIPPED: t.t("Skipped"),
        DigestState.MISSED: t.t("Not sent"),
        DigestState.EMPTY: t.t("Not sent"),
    }
    said = bold((words[p.state] if p.state in words else t.t("Before it goes")).upper())
    return Row(said, [context(said)])


def _heading(p: Preview, t: Texts) -> Row:
    words = t.t("Weekly digest, {week}", week=week_word(p.week, p.today, t))
    return Row(bold(words), [header(words)])


def _standing(p: Preview, t: Texts) -> Row:
    said = [line(sentence, 400) for sentence in standing(p, t)]
    if p.state is DigestState.MISSED and p.edition.rows:
        said.append(t.plural("It goes to {n} person.", "It goes to {n} people.", p.people))
    words = " ".join(said)
    return Row(words, [section(words)])


def _sections(p: Preview, t: Texts, shown: int) -> Iterator[Row]:
    """The sections with their first rows, numbered as the form numbers them."""
    headings, left = section_headings(t), shown
    for name, rows in p.edition.sections():
        some = rows[:left]
        left -= len(some)
        if some:
            lines = [bold(headings[name])]
            for number, row in enumerate(some, 1):
                facts = line(facts_of(row, p.edition.day, t), _FACTS)
                lines.append(f"{number}. " + " · ".join(filter(None, (_title(row, t), facts))))
            yield Row("\n".join(lines), paragraphs(lines))


def _title(row: EditionRow, t: Texts) -> str:
    shown = (line(title_of(row, t, limit)) for limit in _TITLES)
    return next((title for title in shown if len(title) <= _LONGEST_TITLE), "…")


def _left(p: Preview, t: Texts, shown: int) -> str:
    """What the post does not show."""
    said = []
    if more := len(p.edition.rows) - shown:
        said.append(t.plural("and {n} more: under Change.", "and {n} more: under Change.", more))
    if out := len(p.left_out):
        said.append(t.plural("{n} is taken out.", "{n} are taken out.", out))
    return " ".join(said)


def _small(words: str) -> Row:
    return Row(words, [context(words)] if words else ())


def _about(p: Preview, t: Texts) -> str:
    return t.t("Weekly digest, {week}", week=week_word(p.week, p.today, t))


def _buttons(p: Preview, t: Texts) -> Iterator[Block]:
    about = _about(p, t)
    yield button("digest_edit", t.t("Change"), about, p.week)
    if p.edition.rows:
        yield button("digest_send", t.t("Send now"), about, p.week, style="primary", confirm=_sure(p, t))
    skip = t.t("Skip the digest of {week}?", week=week_word(p.week, p.today, t))
    sure = confirm(skip, skipped_words(t), t.t("Skip it"), t.t("Wait"), danger=True)
    yield button("digest_skip", t.t("Skip it"), about, p.week, style="danger", confirm=sure)


def _sure(p: Preview, t: Texts) -> Block:
    """The question before it goes to everybody, with how many that is."""
    question = t.plural("Send to {n} person?", "Send to {n} people?", p.people)
    goes = t.t("The digest of {week} goes at once, and cannot be taken back.", week=week_word(p.week, p.today, t))
    return confirm(question, goes, t.t("Send now"), t.t("Wait"))
