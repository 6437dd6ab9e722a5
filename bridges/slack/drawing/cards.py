"""An item and its answers as posts: what, when, where, by which day and what to press; and the same again in words."""

from functools import cache

from bridges.mail.headers import display_name, one_line
from bridges.mentions import first_rows, heading, more_words, sharing_words, title_of, when_of, where_of
from bridges.occasions import (
    flag,
    headline,
    how_it_fares,
    is_past,
    kind_word,
    last_day,
    moment,
    sign_up_url,
    status_word,
    when_and_where,
)
from bridges.slack.drawing import limits
from bridges.slack.drawing.message import CommentView, ItemView, Message
from bridges.slack.drawing.pieces import (
    actions,
    address,
    bold,
    button,
    confirm,
    context,
    line,
    link,
    link_button,
    paragraphs,
    plain,
    section,
    struck,
)
from bridges.slack.drawing.rows import Row, files_row, holds, longest, message, showable, speakable, text_row, title_row
from bridges.slack.words.to_slack import sections, to_mrkdwn
from bridges.texts import Texts
from storage.words import ItemStatus, Kind

#: How much of a text a card shows, and what it comes down to when all else is long (characters).
_BEGINNING = (500, 250, 100)
_BEGINNING_OF_NEWSLETTER = (300, 150, 60)
#: How much of an answer is shown where all of it is too long for one post, and how much is said (characters).
_SHOWN = (11_000, 9_000, 6_000, 4_000, 2_500, 1_200, 500)
_SAID = (3_900, 3_000, 2_000, 1_000, 500, 100)
#: Markdown so many times as long as what Slack takes need not be tried: its signs never take up more of it.
_TOO_MUCH = 2
_LONGEST_NAME = 40  # characters of a name in a byline; a cluster has the rest of Slack's 80
#: So many rows of what a letter tells of; the rest stand on its page.
_MOST_TOLD = 5
_LONGEST_PAGE = 300  # characters of an address in such a row
#: Where the network is, unless an event says otherwise.
_HOME = "Europe/Stockholm"


def byline(author: str, cluster: str, by_mail: bool, t: Texts) -> str:
    """Who says it: "Anna Åkesson (Vreta Kluster, via e-post)". Fit to stand in place of the app's name."""
    name = plain(display_name(author), _LONGEST_NAME) or t.t("A member")
    by = t.t("by e-mail") if by_mail else ""
    room = limits.USERNAME - len(name) - len(by) - len(" (, )")
    about = ", ".join(filter(None, (plain(cluster, room), by)))
    return f"{name} ({about})" if about else name


# -- an item ------------------------------------------------------------------------------------------------------------


def item_card(view: ItemView, t: Texts) -> Message:
    """The card of an item, as it stands now."""
    by = byline(view.author, view.cluster, view.by_mail, t)
    if view.status is not ItemStatus.PUBLISHED:
        return message(_withdrawn(view, by, t), by)

    words = cache(text_row)  # the longest part of the work, and asked for twice

    def rows(text: str, *, cut: bool) -> list[Row]:
        return [
            *_head(view, t),
            words(text),
            _told(view, t),
            files_row(view.files, view.url, t),
            *_presses(view, t),
            _counts(view, t),
            _doings(view, t, cut=cut),
            _foot(view, by, t),
        ]

    sizes = _BEGINNING_OF_NEWSLETTER if view.kind is Kind.NEWSLETTER else _BEGINNING
    text, cut = longest(view.text, sizes, lambda text: holds(rows(text, cut=True)))
    return message(rows(text, cut=cut), by)


def _title(view: ItemView, t: Texts) -> str:
    return one_line(view.title, 3_000) or t.t("(no subject)")


def _kicker(view: ItemView, word: str, t: Texts) -> Row:
    kind = bold(kind_word(view.kind, t).upper())
    said = " · ".join(filter(None, (kind, line(view.cluster, 80), bold(word))))
    return Row(said, [context(said)])


def _head(view: ItemView, t: Texts) -> list[Row]:
    """Kind and cluster, title, when and where, the last day."""
    event, title = view.event, _title(view, t)
    word, stands = flag(view.intent, event, t), status_word(event.status, t) if event else ""
    rows = [_kicker(view, "" if stands else word, t), title_row(headline(stands, title))]
    if event is None:
        return rows
    facts = [line(when_and_where(event, view.today, t))]
    last = last_day(event, view.today, t)
    if last.words:
        facts.append(bold(last.words) if last.near else line(last.words))
    if not event.off and address(event.online_url).startswith("http"):
        facts.append(link(event.online_url, t.t("Join online")))
    # A button opens pages; that Slack lets one open a mail program, its reference does not say.
    if (mail := sign_up_url(event)).startswith("mailto:") and not (event.off or last.passed):
        facts.append(t.t("Sign up: {where}", where=link(mail, line(event.registration_email, 100))))
    return [*rows, Row("\n".join(filter(None, facts)), paragraphs(facts))]


def _told(view: ItemView, t: Texts) -> Row:
    """What it tells of beside its own: "tors 12 nov kl. 09.00 Titel · plats", and where the rest stand."""
    if not view.mentions:
        return Row("", ())
    rows, more = first_rows(view.mentions, _MOST_TOLD)
    lines = [bold(heading(view.kind, t))]
    for one in rows:
        title = title_of(one, t)
        shown = link(one.url, title) if 0 < len(one.url) <= _LONGEST_PAGE else line(title)
        first = " ".join(filter(None, (line(when_of(one, view.today, t)), shown)))
        shared = link(f"{view.url.rpartition('/')[0]}/{one.shared_as}", t.t("shared already")) if one.shared_as else ""
        lines.append("• " + " · ".join(filter(None, (first, line(where_of(one, t)), shared))))
    if more:
        lines.append(link(view.url, more_words(more, t)))
    return Row("\n".join(lines), paragraphs(lines))


def _presses(view: ItemView, t: Texts) -> list[Row]:
    """Sign up with the organiser, and say whether you come."""
    event, title = view.event, _title(view, t)
    if event is None or event.off or is_past(event, view.today):
        return []
    buttons, rows = [], []
    url = address(sign_up_url(event)) if not last_day(event, view.today, t).passed else ""
    if len(url) > limits.URL:
        url = address(view.url)  # the page has links of any length
    if url.startswith("http") and len(url) <= limits.URL:
        buttons.append(link_button("register", t.t("Sign up"), title, url))
    said = link(url, t.t("Sign up")) if buttons else ""
    if view.kind is Kind.INVITATION:
        for action, words in (
            ("rsvp_yes", t.t("I am coming")),
            ("rsvp_maybe", t.t("Maybe")),
            ("rsvp_no", t.t("I cannot come")),
        ):
            buttons.append(button(action, words, title, view.item_id))
        if sign_up_url(event):
            note = t.t("To be registered, sign up with the organiser. The other buttons only tell the network.")
            rows.append(Row(note, [context(note)]))
    return [Row(said, [actions(*buttons)]), *rows] if buttons else rows


def _counts(view: ItemView, t: Texts) -> Row:
    """Such as "12 kommer från 5 kluster · 3 svar i tråden", of a tip "3 röster"."""
    coming, clusters = view.sign_ups.get("yes", 0), view.sign_up_clusters
    votes = view.votes if view.kind is Kind.TIP else 0
    words = how_it_fares(t, coming=coming, clusters=clusters, answers=view.comments, votes=votes)
    return Row(words, [context(words)] if words else ())


def _doings(view: ItemView, t: Texts, *, cut: bool) -> Row:
    """Read it all, vote for a tip, follow it, and what only its author and editors may do."""
    title = _title(view, t)
    sure = confirm(
        t.t('Withdraw "{title}"?', title=one_line(title, 60)),
        t.t("It is shown as withdrawn here and on the web. Mail that has gone out cannot be taken back."),
        t.t("Withdraw"),
        t.t("Leave it be"),
        danger=True,
    )
    buttons = [
        button("follow", t.t("Follow"), title, view.item_id),
        button("edit", t.t("Change"), title, view.item_id),
        button("withdraw", t.t("Withdraw"), title, view.item_id, confirm=sure),
    ]
    if view.kind is Kind.TIP:
        buttons.insert(0, button("vote", t.t("Vote"), title, view.item_id))
    if open_ := [one for one in view.mentions if one.is_open(view.today)]:
        buttons.insert(0, button("share_told", sharing_words(open_, view.kind, t), title, view.item_id))
    if cut:
        buttons.insert(0, button("read", t.t("Read all"), title, view.item_id))
    return Row("", [actions(*buttons)])


def _foot(view: ItemView, by: str, t: Texts) -> Row:
    """Who wrote it, what it is about, when it was changed, and its page."""
    lines = [line(by)]
    if view.sharers:
        lines.append(line(t.t("Also shared by {names}", names=", ".join(map(one_line, view.sharers))), 150))
    if view.topics:
        lines.append(line(t.t("Topics: {topics}", topics=", ".join(filter(None, map(one_line, view.topics)))), 150))
    if view.edited_at:
        zone = view.event.timezone if view.event else _HOME
        lines.append(t.t("Changed {when}", when=moment(view.edited_at, zone, view.today, t)))
    lines.append(link(view.url, t.t("Read on the web")))
    said = " · ".join(lines)
    return Row(said, [context(said)])


def _withdrawn(view: ItemView, by: str, t: Texts) -> list[Row]:
    """What is left of it: that it was there, and that it is gone."""
    title, gone = struck(_title(view, t), 200), f"{bold(t.t('Withdrawn'))} · {line(by)}"
    head = _kicker(view, "", t)
    return [head, Row(title, [section(title)]), Row(gone, [context(gone)])]


# -- an answer ----------------------------------------------------------------------------------------------------------


def comment_post(view: CommentView, t: Texts) -> Message:
    """An answer, in its thread: whole where it fits, else its beginning with a link to the rest."""
    words, goes_on = _begins(view, t), link(view.url, t.t("Read the whole answer"))
    begins, rest = Row(words, [section(words)] if words else ()), Row(goes_on, [section(goes_on)])
    files = files_row(view.files, view.url, t)

    def seen(text: str) -> bool:
        if len(text) > _TOO_MUCH * limits.MESSAGE_JSON:
            return False
        blocks, whole = sections(text)
        return whole and showable([begins, Row("", blocks), rest, files])

    def heard(text: str) -> bool:
        return len(text) <= _TOO_MUCH * limits.TEXT and speakable([begins, Row(to_mrkdwn(text), ()), rest, files])

    shown, cut = longest(view.text, _SHOWN, seen)
    said, less = longest(shown, _SAID, heard)
    text = Row(to_mrkdwn(said), sections(shown)[0])
    rest = Row(goes_on if cut or less else "", rest.blocks if cut else ())
    return message([begins, text, rest, files], byline(view.author, view.cluster, view.by_mail, t))


def _begins(view: CommentView, t: Texts) -> str:
    """What stands before the answer; something, where the answer itself is nothing."""
    if view.correction:
        return bold(f"{t.t('Correction')}:")
    return "" if view.text.strip() or view.files else t.t("(no text)")
