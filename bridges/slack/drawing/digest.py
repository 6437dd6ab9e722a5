"""The digest in Slack: a post with the most urgent, and the rest in its thread, as much as people will scroll through."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from bridges import digest_words
from bridges.digest_words import Part, RowWords
from bridges.edition import Edition
from bridges.slack.drawing import limits
from bridges.slack.drawing.message import Block, Message
from bridges.slack.drawing.pieces import bold, button, context, header, line, link, section
from bridges.slack.drawing.rows import Row, holds, message, text_row
from bridges.slack.words.to_slack import sections, to_mrkdwn
from bridges.texts import Texts
from storage.ids import ItemId

#: The post itself and what stands in its thread; all of it is on the web.
MOST_POSTS = 9
_LONGEST_LEAD = 2_000  # characters of mrkdwn
_LONGEST_ITEM = 2_400  # likewise; a section takes 3,000


@dataclass(frozen=True, slots=True)
class _Placed:
    """A row in its post."""

    row: Row
    item_id: ItemId | None = None  # the item that it is


def digest_posts(edition: Edition, url: str, t: Texts, gone: Collection[ItemId] = ()) -> list[Message]:
    """The post, then what goes in its thread; the same edition always gives the same posts, each item in the same one.

    `url`: of its page, ".../d/2026-W48", beside which the pages of items stand: ".../i/12". `gone`: what has been taken
    back since; its place says so and nothing else, for the posts before and after it may stand there already.
    """
    site = url.rpartition("/d/")[0]
    head = _head(edition, url, t)
    parts = digest_words.parts(edition, t)
    costs = [[len(_item(words, site, t).said) for words in part.rows] for part in parts]
    room = min(sum(map(sum, costs)), MOST_POSTS * limits.TEXT)
    while True:
        shown = digest_words.shares(costs, room)
        posts = _posts(head, [part.first(n) for part, n in zip(parts, shown, strict=True)], site, url, t)
        if len(posts) <= MOST_POSTS or not any(shown):
            return [message(_still(placed, gone, t)) for placed in posts]
        room = room * 9 // 10


def _still(post: Sequence[_Placed], gone: Collection[ItemId], t: Texts) -> list[Row]:
    return [_note(t.t("Withdrawn")) if placed.item_id in gone else placed.row for placed in post]


def _posts(head: Sequence[Row], parts: Sequence[Part], site: str, url: str, t: Texts) -> list[list[_Placed]]:
    """The rows, parted between items, with their headings above them in each post."""
    goes_on = _Placed(_note(t.t("The rest is in the thread.")))
    posts = [[_Placed(row) for row in head]]
    for part in parts:
        begun = False
        for above, row in _rows(part, site, url, t):
            opening = [] if begun else [_Placed(_heading(part.heading))]
            week = [above] if above and (not begun or above not in posts[-1]) else []
            more = [*opening, *week, row]
            room_for = [*posts[-1], *more, *([goes_on] if len(posts) == 1 else [])]
            if holds([placed.row for placed in room_for]):
                posts[-1] += more
            else:
                again = t.t("{heading}, continued", heading=part.heading) if begun else part.heading
                posts.append([_Placed(_heading(again)), *([above] if above else []), row])
            begun = True
    if len(posts) > 1:
        posts[0].append(goes_on)
    return posts


def _rows(part: Part, site: str, url: str, t: Texts) -> Iterator[tuple[_Placed | None, _Placed]]:
    """Each item with the week that it stands under, and how many more there are."""
    for week, rows in part.weeks():
        above = _Placed(_note(bold(week))) if week else None
        for words in rows:
            yield above, _Placed(_item(words, site, t), words.item_id)
    if part.left_out:
        yield None, _Placed(_note(link(url, digest_words.more_on_the_web(part.left_out, t))))


def _head(edition: Edition, url: str, t: Texts) -> list[Row]:
    title = digest_words.heading(edition, t)

    def fits(lead: str) -> bool:
        blocks, whole = sections(lead, most=2)
        return whole and len(to_mrkdwn(lead)) <= _LONGEST_LEAD and limits.weight(blocks) <= limits.MESSAGE_JSON // 2

    lead = digest_words.lead(edition, fits)
    return [Row(bold(title), [header(title)]), text_row(lead), _note(link(url, t.t("Read on the web")))]


def _heading(words: str) -> Row:
    return Row(f"\n{bold(words)}", [{"type": "divider"}, header(words)])


def _note(mrkdwn: str) -> Row:
    return Row(mrkdwn, [context(mrkdwn)])


def _item(words: RowWords, site: str, t: Texts) -> Row:
    """One item: its title leads to its page; a tip can be voted for."""
    title = f"*{link(f'{site}/i/{words.item_id}', words.title)}*"
    lines = [
        line(words.kicker),
        f"{bold(f'{words.flag}:')} {title}" if words.flag else title,
        line(words.when),
        bold(words.deadline) if words.near else line(words.deadline),
        line(words.beginning),
        " · ".join(_links(words, t)),
    ]
    titled = lines[1]
    while sum(map(len, lines)) > _LONGEST_ITEM:  # signs that are written longer than they are, and long links
        lines.remove(max((words for words in lines if words != titled), key=len))
    said = "\n".join(filter(None, lines))
    shown: Block = section(said)
    if words.votes:
        shown["accessory"] = button("vote", t.t("Vote"), words.title, words.item_id)
    if not words.counts:
        return Row(said, [shown])
    return Row(f"{said}\n{words.counts}", [shown, context(words.counts)])


def _links(words: RowWords, t: Texts) -> Iterator[str]:
    if words.sign_up:
        yield link(words.sign_up, t.t("Sign up"))
    if words.link:
        yield link(words.link, t.t("Read on {site}", site=words.host))
