"""A sign-up in one word: a lone *Kommer*, *Kanske* or *Kan inte* answers the event and is never posted in its thread."""

from storage.words import Answer

#: A plain "ja" or "nej" is not here: it may well answer what somebody asked in the thread.
WORDS: dict[Answer, frozenset[str]] = {
    Answer.YES: frozenset(
        {"kommer", "jag kommer", "vi kommer", "kommer gärna", "jag kommer gärna", "anmäler mig", "jag anmäler mig"}
        | {"coming", "i'm coming", "i am coming", "i will come", "accept"}
    ),
    Answer.MAYBE: frozenset({"kanske", "jag kommer kanske", "kommer kanske", "maybe", "tentative"}),
    Answer.NO: frozenset(
        {"kan inte", "kan ej", "kommer inte", "kommer ej", "jag kan inte", "jag kan tyvärr inte", "kan tyvärr inte"}
        | {"cannot come", "can't come", "cannot", "not coming", "decline"}
    ),
}


def sign_up_in(text: str) -> Answer | None:
    """What a lone word answers; None when a person says more."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) != 1:
        return None
    said = " ".join(lines[0].casefold().replace("’", "'").strip(" .!*_\\").split())
    return next((answer for answer, words in WORDS.items() if said in words), None)
