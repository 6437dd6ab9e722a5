"""Who holds an event, and who with them: labelled, or as a sentence says."""

import re
from collections.abc import Iterator, Sequence

from bot.reading.events.labels import Field, Label, first

_NAMES = (
    r"[A-ZÅÄÖ][\wåäöÅÄÖé.&-]*(?:[ ,]{1,2}(?:och |and |& |i |på |för |of |the |av )?[A-ZÅÄÖ0-9][\wåäöÅÄÖé.&-]*){0,12}"
)
_INVITES = re.compile(
    rf"(?:^|[.!?:\n]\s*)(?P<who>{_NAMES}(?:\s+(?:kluster|centrum|center|län|kommun|universitet|högskola))?)\s+(?:bjuder (?:därför |nu |tillsammans |in|härmed)|inbjuder|hälsar dig|hälsar er|välkomnar|arrangerar|anordnar|invites|invite you|organi[sz]es|hosts)"
)
_BY = re.compile(
    rf"\b(?:arrangeras|anordnas|organiseras|arrangerat|hålls|ordnas) av (?P<who>{_NAMES})|\b(?:organi[sz]ed|hosted|arranged) by (?:the )?(?P<who2>{_NAMES})"
)
_TOGETHER = re.compile(
    rf"\b(?:i samarbete|i samverkan|tillsammans|in (?:collaboration|cooperation|partnership)) (?:med|with) (?P<who>{_NAMES})"
)
_NOBODY = re.compile(
    r"^(?:Då|När|Dagen|Kvällen|Kursen|Mötet|Vem|Att|Vår|Vårt|Årets|Vi|Jag|Nu|Du|Ni|Här|Det|Den|De|Hej|Idag|Därför|We|Now|I|Dear|Välkommen|OBS|Obs|Som|Alla|Vill|Om|På|Kom)\b"
)


def organisers(fields: Sequence[Field], text: str) -> tuple[str, tuple[str, ...]]:
    """Who holds it, and who with them."""
    names: list[str] = []
    if (field := first(fields, Label.ORGANISER)) is not None:
        names = list(_names(field.value))
    else:
        found = _INVITES.search(text[:20_000]) or _BY.search(text[:20_000])
        if found is not None:
            who = next((value for key, value in found.groupdict().items() if key.startswith("who") and value), "")
            names = [] if _NOBODY.match(who) else list(_names(who))
    with_field = first(fields, Label.WITH)
    together = _TOGETHER.search(text[:20_000]) if with_field is None else None
    more = (
        list(_names(with_field.value)) if with_field is not None else list(_names(together["who"])) if together else []
    )
    everybody = list(dict.fromkeys([*names, *more]))
    if not names:
        return "", tuple(more)
    return everybody[0], tuple(everybody[1:])


def _names(value: str) -> Iterator[str]:
    value = (
        re.split(r"[.;](?:\s|$)|\s(?:bjuder|i samarbete med|tillsammans med|med stöd)\b", value)[0]
        if ";" not in value
        else value
    )
    for part in re.split(r"\s*(?:,|;|/|\boch\b|\bsamt\b|&|\band\b|\bi samarbete med\b|\btillsammans med\b)\s*", value):
        name = part.strip(" .:–-")
        if name and len(name) <= 80:
            yield name
