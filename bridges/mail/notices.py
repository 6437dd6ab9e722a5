"""What Brygga itself says to one person: what happened, what it means for you, and the one thing you can do."""

from collections.abc import Callable
from datetime import date, datetime
from shlex import quote
from zoneinfo import ZoneInfo

from bridges.mail.digest_notices import DIGEST_NOTICES
from bridges.mail.saying import Matter, Said
from bridges.mail.which_day_notices import WHICH_DAY_NOTICES
from bridges.obstacles import in_slack
from bridges.texts import Texts
from bridges.unsaved import unsaved
from storage.words import Kind

__all__ = ["NOTICES", "Matter", "Said", "held_because", "say"]


#: What a sender's post is called.
_YOURS: dict[Kind | None, Callable[[Texts], str]] = {
    Kind.INVITATION: lambda t: t.t("Your invitation"),
    Kind.NEWSLETTER: lambda t: t.t("Your newsletter"),
    Kind.TIP: lambda t: t.t("Your tip"),
    Kind.QUESTION: lambda t: t.t("Your question"),
    None: lambda t: t.t("Your mail"),
}


def held_because(reason: str, t: Texts) -> str:
    """Why a post waits, to its sender; "" for a reason that is not theirs to mend."""
    words = {
        "unknown_sender": t.t("the address is not known here"),
        "unknown_user": t.t("you are not a member yet"),
        "guest": t.t("you are a guest here"),
        "left": t.t("you have left the network"),
        "suspended": t.t("mail to your address has come back to us"),
        "untrusted": t.t("it could not be confirmed that it comes from your address"),
        "first_share": t.t("it is the first thing you share"),
        "too_many": t.t("you have shared much in the last hour"),
        "too_big": t.t("it is larger than what is sent on at once"),
        "many_senders": t.t("it names several senders"),
        "same_event": t.t("it may tell of an event that is there already"),
        "not_their_event": t.t("it changes an event that somebody else has shared"),
        "not_found": t.t("the thread that it answers is not known here"),
        "counter_proposal": t.t("your calendar proposes another time"),
    }
    return words.get(reason, "")


def _people(m: Matter, t: Texts) -> str:
    """Such as "143 personer i 19 kluster"."""
    people = t.plural("{n} person", "{n} people", m.number("people"))
    if not (clusters := m.number("clusters")):
        return people
    return t.plural("{people} in {n} cluster", "{people} in {n} clusters", clusters, people=people)


def say(notice: str, matter: Matter, t: Texts) -> Said:
    """The notice of that name. Raises KeyError for a name that nobody gave words to."""
    return NOTICES[notice](matter, t)


def _shared(m: Matter, t: Texts) -> Said:
    going = t.t(
        'Thank you. {yours} "{title}" is going to {people}.',
        yours=_YOURS[m.kind](t),
        title=m.title(t),
        people=_people(m, t),
    )
    seconds = m.number("undo_seconds")
    undo = t.t(
        'Undo within {time}: press the button, or answer this mail with the word "undo".',
        time=t.duration(seconds),
    )
    subject = t.t("Shared: {title}", title=m.title(t))
    return Said(subject=subject, text=(going, undo) if seconds else (going,), undo=bool(seconds))


def _held(m: Matter, t: Texts) -> Said:
    why = held_because(m.text("reason"), t)
    if why:
        waits = t.t("Your message is waiting for an editor, because {why}. You will hear.", why=why)
    else:
        waits = t.t("Your message is waiting for an editor. You will hear.")
    return Said(
        subject=t.t("Waiting for an editor: {title}", title=m.title(t)),
        text=(waits, t.t("You need do nothing.")),
    )


def _released(m: Matter, t: Texts) -> Said:
    text = t.t(
        'An editor has read your mail. {yours} "{title}" is going to {people}.',
        yours=_YOURS[m.kind](t),
        title=m.title(t),
        people=_people(m, t),
    )
    return Said(subject=t.t("Shared: {title}", title=m.title(t)), text=(text,))


def _rejected(m: Matter, t: Texts) -> Said:
    return Said(
        subject=t.t("Not shared: {title}", title=m.title(t)),
        text=(
            t.t(
                'An editor has read your message "{title}" and chosen not to share it in the network.', title=m.title(t)
            ),
            t.t("Nobody else has received it. You can change it and send it again."),
        ),
    )


def _undone(m: Matter, t: Texts) -> Said:
    return Said(
        subject=t.t("Undone: {title}", title=m.title(t)),
        text=(
            t.t("Undone. Nobody received the mail, and the post is gone."),
            t.t("When it is as you want it, send it again."),
        ),
    )


def _too_late(m: Matter, t: Texts) -> Said:
    sent = m.number("sent")
    gone = (
        t.plural(
            '"{title}" has already gone to {n} person, so it cannot be undone.',
            '"{title}" has already gone to {n} people, so it cannot be undone.',
            sent,
            title=m.title(t),
        )
        if sent
        else t.t('The time to undo "{title}" is over, and it is on its way.', title=m.title(t))
    )
    cure = t.t("If something in it is wrong, answer your own mail: the correction reaches those who follow the thread.")
    return Said(subject=t.t("Too late to undo: {title}", title=m.title(t)), text=(gone, cure))


def _tip_known(m: Matter, t: Texts) -> Said:
    return Said(
        subject=t.t("Tipped already: {title}", title=m.title(t)),
        text=tip_known(m, t),
        link=(t.t("Read the tip"), m.text("url")),
    )


def tip_known(m: Matter, t: Texts) -> tuple[str, ...]:
    """Which tip it is, who shared it first, that the vote is counted, and where the words went."""
    by, day = m.text("by"), _day_of(m, t)
    if m.params.get("own"):
        first = t.t('You tipped the network of this page {day} already: "{title}".', day=day, title=m.title(t))
    elif by:
        first = t.t('{by} tipped the network of this page {day}: "{title}".', by=by, day=day, title=m.title(t))
    else:
        first = t.t('The network was tipped of this page {day}: "{title}".', day=day, title=m.title(t))
    counted = t.t("That you found it too is counted as a vote.") if m.params.get("voted") else ""
    kept = t.t("What you wrote stands as an answer in its thread.") if m.params.get("said") else ""
    return tuple(filter(None, (first, " ".join(filter(None, (counted, kept))))))


def _event_again(m: Matter, t: Texts) -> Said:
    subject = {
        "changed": t.t("Changed: {title}", title=m.title(t)),
        "reminded": t.t("In the thread: {title}", title=m.title(t)),
    }.get(m.text("outcome")) or t.t("There already: {title}", title=m.title(t))
    return Said(subject=subject, text=event_again(m, t), link=(t.t("Read on the web"), m.text("url")))


def event_again(m: Matter, t: Texts) -> tuple[str, ...]:
    """Which event it is, and what came of telling of it again."""
    title, by = m.title(t), m.text("by")
    match m.text("outcome"):
        case "changed" if m.params.get("off"):
            return (
                t.t('"{title}" is shown as cancelled now.', title=title),
                t.t("Those who have it, and those who said that they come, are told."),
            )
        case "changed":
            return (
                t.t('"{title}" says the new now.', title=title),
                t.t("Those who have it, and those who said that they come, are told."),
            )
        case "unchanged":
            return (t.t('"{title}" says so already, so nothing has been sent.', title=title),)
        case "reminded":
            return (
                t.t('"{title}" is shared already, so what you wrote stands as an answer in its thread.', title=title),
                t.t(
                    "Those who follow the thread have it. The network is reminded of the last day and of the event by itself."
                ),
            )
    day = _day_of(m, t)
    known = (
        t.t('{by} shared this event {day}: "{title}".', by=by, day=day, title=title)
        if by and not m.params.get("own")
        else t.t('This event was shared {day}: "{title}".', day=day, title=title)
    )
    if m.params.get("own"):
        return (known, t.t("It stands as it was, and nothing has been sent."))
    return (known, t.t("You are shown as sharing it too, and the answers in its thread reach you."))


def _day_of(m: Matter, t: Texts) -> str:
    at = m.text("at")
    return t.day(datetime.fromisoformat(at).astimezone(ZoneInfo(m.timezone)).date() if at else m.today, m.today)


def _tip_gone(m: Matter, t: Texts) -> Said:
    return Said(
        subject=t.t("Taken back: {title}", title=m.title(t)),
        text=(
            t.t('The tip "{title}", of a page that you tipped the network of too, is taken back.', title=m.title(t)),
            t.t("If you want the network to see the page, tip it again."),
        ),
    )


def _left(m: Matter, t: Texts) -> Said:
    return Said(
        subject=t.t("You have left {network}", network=m.network),
        text=(
            t.t("You have left. No more mail comes to you from {network}.", network=m.network),
            t.t("Would you rather have only the weekly digest? Press the button."),
        ),
        digest=True,
    )


def _paused(m: Matter, t: Texts) -> Said:
    until = m.text("until")
    day = t.day(date.fromisoformat(until[:10]), m.today) if until else ""
    how_long = (
        t.t("No mail comes to you from {network} until {day}.", network=m.network, day=day)
        if day
        else t.t("No mail comes to you from {network} until you start it again.", network=m.network)
    )
    cure = t.t("Mail {address} when you want it back.", address=m.sub("start"))
    if not (unread := m.text("unread")):
        return Said(subject=t.t("Mail is paused"), text=(how_long, cure))
    no_day = t.t(
        'No coming day could be read in "{subject}", so the pause does not end by itself. '
        'Write the day like this: "till 2027-02-01".',
        subject=unread,
    )
    return Said(subject=t.t("Mail is paused"), text=(how_long, no_day, cure))


def _resumed(m: Matter, t: Texts) -> Said:
    return Said(
        subject=t.t("Mail comes again"),
        text=(
            t.t("What is shared in {network} is mailed to you again, as before the pause.", network=m.network),
            t.t("To pause again, mail {address}.", address=m.sub("paus")),
        ),
    )


def _link(m: Matter, t: Texts) -> Said:
    return Said(
        subject=t.t("Your link to: {title}", title=m.title(t)),
        text=(
            t.t('Here is the link that opens "{title}". It is yours alone, so do not forward it.', title=m.title(t)),
            t.t("If you did not ask for it, you can leave it be."),
        ),
        link=(t.t("Read on the web"), m.text("url")),
    )


def _muted(m: Matter, t: Texts) -> Said:
    return Said(
        subject=t.t("Muted: {title}", title=m.title(t)),
        text=(
            t.t('Answers to "{title}" are no longer mailed to you. Other mail comes as before.', title=m.title(t)),
            t.t("If you answer in the thread yourself, it still reaches those who follow it."),
        ),
    )


def _asked_in(m: Matter, t: Texts) -> Said:
    return Said(
        subject=t.t("You want to join {network}", network=m.network),
        text=(
            t.t(
                "The editors know that you want to join {network}. Once they have added you, mail begins to come.",
                network=m.network,
            ),
            t.t("You need do nothing."),
        ),
    )


def _wants_in(m: Matter, t: Texts) -> Said:
    address, name = m.text("address"), m.text("person")
    who = f"{name} ({address})" if name else address
    # The address is a stranger's words, and an administrator will paste the line.
    command = f"brygga members add {quote(address)}"
    doubt = t.t("The address is not proved: ask the person first.")
    return Said(
        subject=t.t("Wants to join: {who}", who=address),
        text=(
            t.t("{who} wants to join {network}.", who=who, network=m.network),
            *(() if m.params.get("certain") else (doubt,)),
            t.t("An administrator says yes with the command: {command}", command=command),
            t.t("If the answer is no, there is nothing to do."),
        ),
    )


def _not_yet(m: Matter, t: Texts) -> Said:
    address = m.sub(m.text("asked"))
    return Said(
        subject=t.t("Nobody answers yet at {address}", address=address),
        text=(
            t.t(
                "What you asked for by mailing {address} cannot be done yet, so nothing has happened.", address=address
            ),
            t.t("Mail {address} to see what you can do by mail.", address=m.sub("help")),
        ),
    )


def _not_understood(m: Matter, t: Texts) -> Said:
    if m.text("reason") == "link_expired":
        return Said(
            subject=t.t("Not understood: {title}", title=m.title(t)),
            text=(
                t.t("The address that you wrote to is too old or not whole, so nothing has happened."),
                t.t("Mail {address} to see what you can do by mail.", address=m.sub("help")),
            ),
        )
    return Said(
        subject=t.t("Not understood: {title}", title=m.title(t)),
        text=(
            t.t(
                'Your message "{title}" could not be read, and has not been shared. It is kept here.', title=m.title(t)
            ),
            t.t("Send it again as an ordinary mail with the text in the mail itself."),
        ),
    )


def _too_big(m: Matter, t: Texts) -> Said:
    return Said(
        subject=t.t("Too large: {title}", title=m.title(t)),
        text=(
            t.t(
                'Your message "{title}" is {size} MB, and the limit is {limit} MB. It has not been shared.',
                title=m.title(t),
                size=t.number(m.number("megabytes")),
                limit=t.number(m.number("limit")),
            ),
            t.t("Put the large files on the web, and send the mail again with a link to them."),
        ),
    )


def _empty(m: Matter, t: Texts) -> Said:
    title = m.text("title").strip()
    return Said(
        subject=t.t("Nothing to share: {title}", title=m.title(t)),
        text=(
            t.t('There was no text of yours in "{title}", so nothing has been shared.', title=title)
            if title
            else t.t("There was no text of yours in the mail, so nothing has been shared."),
            t.t("Write your text above what you quote, and send it again."),
        ),
    )


def _help(m: Matter, t: Texts) -> Said:
    return Said(
        subject=t.t("How to write to {network}", network=m.network),
        text=(
            t.t("This is what you can do by mail in {network}.", network=m.network),
            "\n".join(
                f"• {line}"
                for line in (
                    t.t("Share something: mail {address}.", address=m.address),
                    t.t("Say what it is: invitation {address}", address=m.sub("inbjudan"))
                    + ", "
                    + t.t("newsletter {address}", address=m.sub("nyhetsbrev"))
                    + ", "
                    + t.t("tip {address}", address=m.sub("tips"))
                    + ", "
                    + t.t("question {address}", address=m.sub("fraga"))
                    + ".",
                    t.t("Answer: answer the mail. It goes to the thread and is read by those who follow it."),
                    t.t(
                        'Pause: mail {address}, with "till 2027-02-01" as the subject for a pause that ends by itself.',
                        address=m.sub("paus"),
                    ),
                    t.t("Start again: mail {address}.", address=m.sub("start")),
                    t.t("Leave: mail {address}.", address=m.sub("leave")),
                )
            ),
        ),
    )


def _desk_done(m: Matter, t: Texts) -> Said:
    if m.text("decision") == "merged":
        said = t.t('"{title}" tells of an event that is there already: they are one item now.', title=m.title(t))
        return Said(subject=t.t("One item: {title}", title=m.title(t)), text=(said,))
    if m.text("decision") == "rejected":
        return Said(
            subject=t.t("Rejected: {title}", title=m.title(t)),
            text=(t.t('"{title}" goes to nobody. It is kept here, but shown to nobody.', title=m.title(t)),),
        )
    people = m.number("people")
    text = t.plural('"{title}" is going to {n} person.', '"{title}" is going to {n} people.', people, title=m.title(t))
    return Said(subject=t.t("Sent on: {title}", title=m.title(t)), text=(text,))


def _desk_already(m: Matter, t: Texts) -> Said:
    by = m.text("by") or t.t("Another editor")
    decided = {
        "rejected": t.t('{by} has already rejected "{title}".', by=by, title=m.title(t)),
        "merged": t.t('{by} has said that "{title}" is an event that is there already.', by=by, title=m.title(t)),
    }.get(m.text("decision")) or t.t('{by} has already sent on "{title}".', by=by, title=m.title(t))
    when = m.moment("at", t)
    text = [decided, t.t("There is nothing more to do.")]
    if when:
        text.insert(1, t.t("It was decided {when}.", when=when))
    return Said(subject=t.t("Decided already: {title}", title=m.title(t)), text=(" ".join(text),))


def _desk_unclear(m: Matter, t: Texts) -> Said:
    return Said(
        subject=t.t("Not decided: {title}", title=m.title(t)),
        text=(
            t.t("Your answer could not be read as a decision, so the post still waits."),
            t.t('Answer the same mail again with one word on the first line: "yes" sends it on, "no" rejects it.'),
        ),
    )


def _alarm(m: Matter, t: Texts) -> Said:
    since, reason = m.moment("since", t).removeprefix("kl. "), m.text("reason").rstrip(".")
    waiting = m.number("waiting")
    waits = t.plural(
        "{n} message waits and will be sent when it answers.",
        "{n} messages wait and will be sent when it answers.",
        waiting,
    )
    match m.text("part"):
        case "smtp":
            what = t.t("Mail has not gone out since {time}: {reason}.", time=since, reason=reason)
        case "imap":
            what = t.t("Mail has not come in since {time}: {reason}.", time=since, reason=reason)
            if not waiting:
                waits = t.t("What people send stays in the mailbox and is fetched when it answers.")
        case "slack" | "slack_in":
            code = reason.partition(":")[0]
            what = t.t("Slack has not worked since {time}: {reason}.", time=since, reason=code)
            waits = t.plural(
                "{n} post waits and goes out when it works.", "{n} posts wait and go out when it works.", waiting
            )
        case "database":
            what = t.t("The database has been away since {time}: {reason}.", time=since, reason=reason)
        case part:
            what = t.t("{part} has not worked since {time}: {reason}.", part=part, time=since, reason=reason)
    cure = t.t('Run "brygga check" on the machine that Brygga runs on: it says what is wrong and what to do.')
    return Said(subject=t.t("Something outside does not work"), text=(f"{what} {waits}", cure))


def _reminder_held(m: Matter, t: Texts) -> Said:
    count = m.number("count")
    return Said(
        subject=t.plural("{n} post waits for you at the desk", "{n} posts wait for you at the desk", count),
        text=(
            t.plural(
                "{n} post has waited for an editor for more than a day.",
                "{n} posts have waited for an editor for more than a day.",
                count,
            ),
            t.t("Open the mail that asked you to decide, or answer it with yes or no."),
        ),
    )


def _slack_trouble(m: Matter, t: Texts) -> Said:
    what, text = in_slack(m.text("channel"), m.text("code"), m.text("reason"), t)
    return Said(subject=what.rstrip("."), text=(what, *text))


def _backup_failed(m: Matter, t: Texts) -> Said:
    text = unsaved(m.text("folder"), m.text("reason"), m.moment("last", t), t)
    return Said(subject=t.t("No backup was made"), text=text)


#: Every notice by its name in Content.data.
NOTICES: dict[str, Callable[[Matter, Texts], Said]] = {
    "shared": _shared,
    "held": _held,
    "released": _released,
    "rejected": _rejected,
    "undone": _undone,
    "too_late": _too_late,
    "tip_known": _tip_known,
    "tip_gone": _tip_gone,
    "event_again": _event_again,
    **WHICH_DAY_NOTICES,
    "left": _left,
    "paused": _paused,
    "resumed": _resumed,
    "link": _link,
    "muted": _muted,
    "asked_in": _asked_in,
    "wants_in": _wants_in,
    "not_yet": _not_yet,
    "not_understood": _not_understood,
    "too_big": _too_big,
    "empty": _empty,
    "help": _help,
    "desk_done": _desk_done,
    "desk_already": _desk_already,
    "desk_unclear": _desk_unclear,
    "alarm": _alarm,
    "reminder_held": _reminder_held,
    "slack_trouble": _slack_trouble,
    "backup_failed": _backup_failed,
    **DIGEST_NOTICES,
}
