"""The words of the pages for what the ledger keeps as one word: kinds, and the reasons why a post waits."""

from collections.abc import Callable

#: Gives a text in the reader's language.
Translate = Callable[[str], str]


def kind_word(kind: str, t: Translate) -> str:
    """What sort of thing it is, for the line above the title."""
    words = {
        "invitation": t("Invitation"),
        "newsletter": t("Newsletter"),
        "tip": t("Tip"),
        "question": t("Question"),
    }
    return words.get(kind, t("Post"))


def reason_words(reason: str, t: Translate) -> str:
    """Why a post waits for an editor; a reason without words of its own is shown as it is kept."""
    words = {
        "unknown_sender": t("The address is not known here."),
        "untrusted": t("The receiving server could not vouch that the mail comes from this address."),
        "first_share": t("It is the first thing that this person shares."),
        "too_many": t("This person has shared much in the last hour."),
        "too_big": t("The mail is larger than the limit."),
        "many_senders": t("The mail names several senders."),
        "no_sender": t("The mail names no sender."),
    }
    return words.get(reason, reason.replace("_", " "))
