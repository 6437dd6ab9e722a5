"""What `brygga explain` may answer: every disposition, every reason for it, and what each means."""

from bridges.mail.addresses import COMMANDS, TOKENS
from bridges.mail.automatic import AUTOMATIC_REASONS
from bridges.mail.own import OWN_REASONS

#: Disposition, reason, meaning. The slugs stay; more may come.
DISPOSITIONS: tuple[tuple[str, str, str], ...] = (
    ("post", "member", "something new: shared with the network"),
    ("reply", "thread", "an answer to the address of a thread"),
    ("reply", "answer", "an answer to a letter, by what it refers to or its subject"),
    ("hold", "no_sender", "waits for an editor: it names no sender"),
    ("hold", "many_senders", "waits: it names several senders, and is nobody's word"),
    ("hold", "unknown_sender", "waits: no member has the address"),
    ("hold", "untrusted", "waits: the trusted server does not vouch for the sender"),
    ("hold", "not_found", "waits: an answer, and the thread that it belongs to is not known"),
    ("hold", "counter_proposal", "waits: a calendar proposes another time"),
    ("hold", "too_big", "waits: too large to relay"),
    ("hold", "first_share", "waits: the first thing that a reader shares"),
    ("hold", "too_many", "waits: more from one person than an hour should have"),
    ("bounce", "bounce", "a letter of ours that did not arrive; `bounces` says whom it was for"),
    *(("auto_reply", reason, meaning) for reason, meaning in AUTOMATIC_REASONS),
    *(("command", word, f"an errand, by the address +{word}") for word in sorted(COMMANDS)),
    *(
        ("command", word, f"an errand, by an address of ours with a token: +{word}-…")
        for word in sorted(TOKENS - COMMANDS - {"thread", "bounce", "rsvp"})
    ),
    ("rsvp", "rsvp", "a sign-up, by an address of ours with a token"),
    ("rsvp", "yes", "a sign-up: the answer is one word that says yes"),
    ("rsvp", "maybe", "a sign-up: maybe"),
    ("rsvp", "no", "a sign-up: no"),
    ("rsvp", "calendar_reply", "a calendar's own accept, tentative or decline"),
    ("rsvp", "calendar_question", "a calendar program asks for an invitation anew, or answers a proposal"),
    ("duplicate", "same_mail", "the same mail again, by whatever road"),
    ("duplicate", "same_words", "the same words again, under another Message-ID"),
    *(("loop", reason, f"ours, come back: {meaning}") for reason, meaning in OWN_REASONS),
    ("empty", "empty", "nothing in it to share"),
    ("empty", "empty_answer", "an answer without words of its own"),
    ("empty", "not_mail", "bytes that are no mail"),
    ("empty", "too_large", "a file larger than any mail"),
    ("empty", "missing_file", "the file is not there"),
    ("empty", "not_a_file", "it is no ordinary file"),
    ("empty", "unreadable_file", "the file cannot be read"),
    ("empty", "unexpected", "a fault of ours; `warnings` names it"),
)
