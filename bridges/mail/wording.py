"""The words of a letter: who reads an answer, what it is, when and where, by which day, and why you get it."""

from collections.abc import Sequence
from datetime import date

from bridges.mail.calendar_out import EventView
from bridges.mail.copies import Slot
from bridges.mail.headers import display_name, one_line
from bridges.mail.letter import Author, CommentLetter, DeskLetter, FileView, ItemLetter, ListHouse
from bridges.mail.notices import Said
from bridges.mail.sheet import Line, Link, Sheet
from bridges.markdown import beginning, from_plain
from bridges.mentions import first_rows, heading, more_words, sharing_words, title_of, when_of, where_of
from bridges.occasions import (
    LastDay,
    flag,
    headline,
    held_words,
    is_web,
    kicker,
    kind_word,
    last_day,
    mail_url,
    sign_up_url,
    status_word,
    when_and_where,
)
from bridges.texts import Texts
from storage.ids import ItemId
from storage.words import Kind


def item_sheet(letter: ItemLetter, house: ListHouse, t: Texts) -> Sheet:
    """An item, by the card that invitations have wherever they stand."""
    day = house.today(letter.now)
    event = letter.event
    facts = _facts(event, day, t) if event else ()
    if letter.was is not None:
        facts = (*facts, Line(t.t("Before: {when}", when=when_and_where(letter.was, day, t))))
    last = last_day(event, day, t) if event else LastDay()
    word = flag(letter.intent, event, t)
    title = one_line(letter.title) or t.t("(no subject)")
    return Sheet(
        lang=t.lang,
        subject=headline(status_word(event.status, t), title) if event else title,
        preview=" · ".join(filter(None, (*(fact.text for fact in facts), last.words))) or beginning(letter.text),
        lead=_lead(letter.author, t),
        flag=word,
        flag_tone="rust" if event and event.off else "wheat",
        kicker=kicker(kind_word(letter.kind, t), letter.author.cluster),
        heading=title,
        facts=facts,
        deadline=last.words,
        pressing=last.near,
        told=_told(letter, day, house, t),
        buttons=_buttons(letter, house, t),
        body=letter.text,
        body_lang=letter.text_language,
        notes=(
            *_other_events(letter.other_events, day, t),
            *_topics(letter.topics, t),
            *_files(letter.files, house, t),
            *_by(letter.author, t),
        ),
        foot=(
            Line(
                t.t("You get this because you are a member of {network} and take what is shared.", network=house.name)
            ),
        ),
        ways=_ways(letter.item_id, house, t),
    )


def comment_sheet(letter: CommentLetter, house: ListHouse, t: Texts) -> Sheet:
    """An answer: small, for the thread in the mail program says the rest."""
    title = one_line(letter.title) or t.t("(no subject)")
    mute = Slot.MUTE.mark
    return Sheet(
        lang=t.lang,
        subject=f"Re: {title}",
        preview=": ".join(filter(None, (one_line(display_name(letter.author.name)), beginning(letter.text)))),
        lead=_lead(letter.author, t),
        kicker=kicker(t.t("Answer"), letter.author.cluster),
        heading=title,
        body=letter.text,
        body_lang=letter.text_language,
        notes=(*_files(letter.files, house, t), *_by(letter.author, t)),
        foot=(Line(t.t("You get this because you follow the thread.")),),
        ways=(
            Link(t.t("Read on the web"), house.page(f"i/{letter.item_id}")),
            Link(t.t("Mute the thread"), house.page(f"mute/{mute}")),
            Link(t.t("Leave the list"), house.page(f"unsubscribe/{Slot.LEAVE.mark}")),
        ),
    )


def desk_sheet(letter: DeskLetter, house: ListHouse, t: Texts) -> Sheet:
    """A held post: what it is, why it waits, how many would get it, and two ways to decide."""
    title = one_line(letter.title) or t.t("(no subject)")
    page = house.page(f"desk/{Slot.DESK.mark}")
    people = t.plural(
        "It goes to {n} person if you send it on.", "It goes to {n} people if you send it on.", letter.people
    )
    sender = " · ".join(filter(None, (display_name(letter.sender_name), one_line(letter.sender)))) or t.t("unknown")
    how = t.t(
        "Press, or answer this mail with one word: yes or no. Whoever decides first decides. It can be done for 7 days."
    )
    merge = (Link(t.t("The same event"), page),) if letter.same_title else ()
    return Sheet(
        lang=t.lang,
        subject=t.t("To decide: {title}", title=title),
        preview=f"{sender}. {held_words(letter.reason, t)}",
        lead=(Line(how),),
        kicker=kicker(t.t("Waits for an editor"), kind_word(letter.kind, t)),
        heading=title,
        facts=(
            Line(t.t("From: {sender}", sender=sender)),
            Line(held_words(letter.reason, t)),
            *_understood(letter, house, t),
            *_perhaps_the_same(letter, house, t),
            Line(people),
        ),
        buttons=(*merge, Link(t.t("Send on"), page), Link(t.t("Reject"), page)),
        body=letter.text or from_plain(t.t("The mail has no text of its own.")),
        notes=tuple(
            Line(t.t("File: {name} ({size})", name=one_line(name), size=t.size(size))) for name, size in letter.files
        ),
        foot=(Line(t.t("You get this because you are an editor of {network}.", network=house.name)),),
    )


def _understood(letter: DeskLetter, house: ListHouse, t: Texts) -> list[Line]:
    """When, where and the last day, as they would stand on the card."""
    if letter.event is None:
        return []
    day = house.today(letter.now)
    said = (when_and_where(letter.event, day, t), last_day(letter.event, day, t).words)
    return [Line(t.t("Understood as: {words}", words=" · ".join(filter(None, said))))]


def _perhaps_the_same(letter: DeskLetter, house: ListHouse, t: Texts) -> list[Line]:
    if not letter.same_title:
        return []
    answer = t.t('If it is, answer "same"; if it is another event, answer "yes".')
    there = Link(one_line(letter.same_title, 150), house.page(f"i/{letter.same_id}"))
    return [Line(t.t("Perhaps the same as:"), there), Line(answer)]


def notice_sheet(said: Said, house: ListHouse, t: Texts, *, member: bool) -> Sheet:
    """A few sentences, and the one thing to press."""
    choices: tuple[Link, ...] = (Link(*said.link),) if said.link else ()
    if member and said.undo:
        choices = (Link(t.t("Undo"), house.page(f"undo/{Slot.UNDO.mark}")),)
    elif member and said.digest:
        choices = (Link(t.t("Only the weekly digest"), house.page(f"unsubscribe/{Slot.LEAVE.mark}")),)
    elif said.choices is not None:
        page = house.page(f"when/{Slot.WHEN.mark}")
        choices = tuple(Link(words, f"{page}?choice={number}") for number, words in enumerate(said.choices, 1))
        choices += (Link(t.t("Another day or time"), page),)
    return Sheet(
        lang=t.lang,
        subject=said.subject,
        kicker=house.name,
        heading=said.subject,
        body=from_plain("\n\n".join(said.text)),
        choices=choices,
        foot=(Line(t.t("Brygga wrote this by itself. Help:"), Link(house.sub("help"), f"mailto:{house.sub('help')}")),),
    )


# -- lines ----------------------------------------------------------------------------------------------------------------


def _lead(author: Author, t: Texts) -> tuple[Line, ...]:
    """Who reads an answer, before anything else."""
    everyone = Line(t.t("Answers go to the thread and are read by those who follow it."))
    if not author.email:
        return (everyone,)
    name = _first_name(display_name(author.name))
    only = t.t("Only to {name}:", name=name) if name else t.t("Only to the sender:")
    return (everyone, Line(only, _mail(author.email)))


def _first_name(name: str) -> str:
    """What people call somebody; a name that is an office's ("Vreta Kluster AB") comes out as written."""
    words = name.split()
    person = 2 <= len(words) <= 3 and all(word[:1].isupper() and word.replace("-", "").isalpha() for word in words)
    offices = {"ab", "kluster", "agro", "nätverket", "länsstyrelsen", "region", "föreningen", "info", "kansliet"}
    return words[0] if person and not offices & {word.casefold() for word in words} else name


def _mail(address: str) -> Link:
    return Link(one_line(address), mail_url(address))


def _facts(event: EventView, day: date, t: Texts) -> tuple[Line, ...]:
    """When · where, and the link when it is online."""
    facts = Line(when_and_where(event, day, t))
    if is_web(event.online_url) and not event.off:
        return (facts, Line("", Link(t.t("Join online"), event.online_url)))
    return (facts,)


def _buttons(letter: ItemLetter, house: ListHouse, t: Texts) -> tuple[Link, ...]:
    """What to press: sign up, or vote for a tip."""
    event = letter.event
    sign_up = _sign_up(event, t) if event and not event.off else ()
    if letter.kind is not Kind.TIP:
        return sign_up
    return (*sign_up, Link(t.t("Vote for the tip"), house.page(f"vote/{letter.item_id}/{Slot.VOTE.mark}")))


def _sign_up(event: EventView, t: Texts) -> tuple[Link, ...]:
    url = sign_up_url(event)
    return (Link(t.t("Sign up"), url),) if url else ()


#: So many rows of what a letter tells of; the rest stand on its page.
_MOST_TOLD = 20


def _told(letter: ItemLetter, day: date, house: ListHouse, t: Texts) -> tuple[Line, ...]:
    """What it tells of beside its own, each row a link to the page where it can be shared; in plain text the address
    stands once, below.
    """
    if not letter.mentions:
        return ()
    rows, more = first_rows(letter.mentions, _MOST_TOLD)
    page = house.page(f"i/{letter.item_id}")
    lines = [Line(heading(letter.kind, t))]
    for one in rows:
        way = Link(title_of(one, t), house.page(f"i/{one.shared_as}") if one.shared_as else page, quiet=True)
        said = (where_of(one, t), t.t("shared already") if one.shared_as else "")
        lines.append(Line(when_of(one, day, t), way, "".join(f"· {words} " for words in filter(None, said)).strip()))
    if more:
        lines.append(Line(more_words(more, t)))
    if any(one.is_open(day) for one in letter.mentions):
        lines.append(Line("", Link(sharing_words(letter.mentions, letter.kind, t), page)))
    return tuple(lines)


def _other_events(events: Sequence[EventView], day: date, t: Texts) -> list[Line]:
    return [
        Line(" · ".join(filter(None, (one_line(event.title), t.when(event, day), one_line(event.place)))))
        for event in events
    ]


def _topics(topics: Sequence[str], t: Texts) -> list[Line]:
    return [Line(t.t("Topics: {topics}", topics=", ".join(map(one_line, topics))))] if topics else []


def _files(files: Sequence[FileView], house: ListHouse, t: Texts) -> list[Line]:
    """What goes along, and links to what is too large for it."""
    lines = []
    for file in files:
        name, size = one_line(file.name), t.size(file.size)
        if file.content is not None:
            lines.append(Line(t.t("Attached: {name} ({size})", name=name, size=size)))
        else:
            label = t.t("{name} ({size}), on the web", name=name, size=size)
            lines.append(Line("", Link(label, house.file(file))))
    return lines


def _by(author: Author, t: Texts) -> list[Line]:
    """Who wrote it: name, cluster and address."""
    who = ", ".join(filter(None, (display_name(author.name), one_line(author.cluster))))
    if not who and not author.email:
        return []
    if not author.email:
        return [Line(t.t("From: {sender}", sender=who))]
    return [Line(t.t("From: {sender}", sender=f"{who} ·") if who else t.t("From:"), _mail(author.email))]


def _ways(item_id: ItemId, house: ListHouse, t: Texts) -> tuple[Link, ...]:
    return (
        Link(t.t("Read on the web"), house.page(f"i/{item_id}")),
        Link(t.t("Leave the list"), house.page(f"unsubscribe/{Slot.LEAVE.mark}")),
    )
