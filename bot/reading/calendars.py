"""A calendar in a letter: "12 nov  Titel  Plats", each entry written out so that it says what is the day, what the place."""

import re
from collections.abc import Sequence

from bot.reading.sections import ACTION, BEGINS_WITH_DAY, LINK, Section, bare, target

_LONGEST_TITLE, _LONGEST_PLACE = 200, 70
_CLOCK = (
    r"(?:kl(?:ockan)?\b\.?\s*|at\s+)?\d{1,2}[.:]\d\d(?:\s*(?:[-–—]|till)\s*\d{1,2}(?:[.:]\d\d)?(?!\d))?(?:\s*(?:CET|CEST|am|pm))?"
    r"|kl(?:ockan)?\b\.?\s*\d{1,2}(?:\s*(?:[-–—]|till)\s*\d{1,2}(?:[.:]\d\d)?)?(?![.:]?\d)"
)
_BEGINS_WITH_CLOCK = re.compile(
    rf"(?:(?:tid\s*:|heldag,?|halvdag,?)\s*)?({_CLOCK})[\s*_]*(?:[,.:;|–—-]\s*|\s+|$|(?<=[*_\s]))", re.IGNORECASE
)
_ENDS_WITH_CLOCK = re.compile(rf"(?:[,;]|\s[–—-])\s*({_CLOCK})\s*\.?\s*$", re.IGNORECASE)
#: Between the day and the title.
_BETWEEN = re.compile(r"(?:[\s|,.:;·*_–—-]|20\d\d\b)+")
_COLUMNS = re.compile(r"\s*\|\s*|[ \u00a0]{2,}|\t+")
_TITLE_ENDS = re.compile(r"(?<=\w[.!?])\s|,\s(?=kl\b|plats|i |på |vid |[A-ZÅÄÖ])|\s[–—]\s(?=[A-ZÅÄÖ])")
_ONLINE = re.compile(r"\b(?:teams|zoom|online|på nätet|digital\w*|webb\w*|webinar\w*|distans|länk)\b", re.IGNORECASE)
_NO_PLACE = re.compile(
    r"^(?:heldag|halvdag|hela dagen|all day|lunch|fika)\b|anmäl|\bosa\b|senast|läs mer|mer info|https?:|@|\bkr\b|regist|gratis|kostnad|free\b"
    r"|\bkommer\b|meddelas|\bbjuder\b|\bingen\b|\bför\b|välkom|\bpris\b|^(?:med|om|av|och|vi|du|ni|se|läs|föreläsare|talare|medverkande|arrangör)\b|\bfullt?\b|fullbok|inställ",
    re.IGNORECASE,
)
_BOLD = re.compile(r"\*\*((?:[^*\n]|\*(?!\*)){3,200})\*\*")


def is_calendar(title: str, pieces: Sequence[str]) -> bool:
    """Whether several of these lines begin with a day and say what happens then; the days of one course do not."""
    begins = [piece for piece in pieces if BEGINS_WITH_DAY.match(piece)]
    if len(begins) < 2:
        return False
    said = [
        re.sub(rf"(?:{_CLOCK})|[\d\W_]+|\b(?:den|och|till)\b", "", piece[_day_ends(piece) :], flags=re.IGNORECASE)
        for piece in begins
    ]
    return not (title and all(len(words) < 4 for words in said))


def entries(section: Section, pieces: Sequence[str]) -> list[Section]:
    """The entries of a calendar, each a section of its own, and what stands before and after them."""
    begins = [number for number, piece in enumerate(pieces) if BEGINS_WITH_DAY.match(piece)]
    ends = [*begins[1:], len(pieces)]
    if len(begins) > 2:  # what stands below the last day belongs to it no more than to the others
        usual = max(end - start for start, end in zip(begins, ends[:-1], strict=False))
        ends[-1] = min(ends[-1], begins[-1] + usual)
    found = [_entry(pieces[start:end], section) for start, end in zip(begins, ends, strict=True)]
    before, after = "\n".join(pieces[: begins[0]]), "\n".join(pieces[ends[-1] :])
    if before.strip():
        found.insert(0, Section(section.title, before, section.url, section.level, section.under))
    if after.strip():
        found.append(Section("", after))
    return found


#: Behind a day, in a line that only says when and where: "Fredag 4 september, 13.00–15.00, Nygård".
_ONLY_WHEN = re.compile(
    rf"\s*(?:,?\s*20\d\d)?\s*(?:$|[,|.]|(?:{_CLOCK})|heldag|(?:i|på|hos|vid|in|at)\s+[A-ZÅÄÖ])", re.IGNORECASE
)
_SENTENCE_ENDS = re.compile(r"(?<=[^\W_])[.!](?=\s+[A-ZÅÄÖ\[*])")
_CLOSES = re.compile(r"anmäl|ansök|\bsenast\b|\bsista\b|\bsök\b|deadline|\bapply\b", re.IGNORECASE)
_LEADS_TO_PLACE = re.compile(r"(?:i|på|hos|vid|in|at)\s+(?=\S)", re.IGNORECASE)


def with_day_named(section: Section, pieces: Sequence[str]) -> Section:
    """A section of one thing, whose day stands on a line with the hour and the place: each named. The place may stand on
    the line below.
    """
    begins = [number for number, piece in enumerate(pieces) if BEGINS_WITH_DAY.match(piece)]
    if not section.title or len(begins) != 1 or begins[0] > 1:
        return section
    first = pieces[begins[0]].strip(" *_")
    line, _, below = first.partition("\n")
    end = _SENTENCE_ENDS.search(line, _day_ends(line))
    said, rest = (line[: end.start()], line[end.end() :]) if end else (line.rstrip(" ."), "")
    after_day = said[_day_ends(said) :]
    if len(said) > _LONGEST_TITLE or LINK.search(said) or _CLOSES.search(said) or not _ONLY_WHEN.match(after_day):
        return section
    day = said[: _day_ends(said)].strip(" *_|")
    when, places = _when_and_where(day, after_day)
    if places is None:
        return section
    following = pieces[begins[0] + 1 : begins[0] + 2]
    if (
        not places
        and not rest
        and following
        and f"{first}\n{following[0]}".replace("*", "") in section.body.replace("*", "")
    ):
        places = [place] if not LINK.search(following[0]) and (place := _place_below(following[0])) else []
    if not places and (alone := _SENTENCE_ENDS.search(rest)) and len(rest[: alone.start()].split()) < 4:
        places = (
            [place] if not LINK.search(rest[: alone.start()]) and (place := _place_below(rest[: alone.start()])) else []
        )
    if not places and re.match(r"v(?:ecka)?\b", day, re.IGNORECASE):
        return section
    named = [f"När: {' '.join(when)}", *([f"Var: {', '.join(places)}"] if places else [])]
    body = [*pieces[: begins[0]], *named, *filter(None, (rest.strip(), below)), *pieces[begins[0] + 1 :]]
    return Section(section.title, "\n".join(body), section.url, section.level, section.under)


def _when_and_where(day: str, after_day: str) -> tuple[list[str], list[str] | None]:
    """The day with its hour, and the place in the rest of a line; None where the line says something else."""
    when = [day] + ([year[1]] if (year := re.match(r"[\s,]*(20\d\d)\b", after_day)) else [])
    places: list[str] = []
    for number, column in enumerate(re.split(r",\s+|\s*\|\s*", bare(after_day))):
        clock, left, _ = _clock_in(_after(_BETWEEN, column)) if len(when) < 3 else ("", column, False)
        when += [clock] if clock else []
        left = left.strip(" ,.*_")
        if not re.search(r"\w", left) or re.fullmatch(r"heldag|hela dagen|all day|halvdag", left, re.IGNORECASE):
            continue
        if number == 0 and not _LEADS_TO_PLACE.match(left):
            return when, None
        if place := _place_in(left):
            places.append(place)
        elif _ONLINE.search(left) and len(left.split()) < 5:
            places.append(left)
        else:
            return when, None
    return when, places[:3]


def _place_below(line: str) -> str:
    """The place that a line names that stands right below the day."""
    words = bare(line).strip(" *_.")
    short = len(words) <= _LONGEST_PLACE and words[:1].isupper() and not re.search(r"[.!?:]", words)
    return words if short and all(_place_in(part) for part in words.split(", ")) else ""


def _entry(pieces: Sequence[str], section: Section) -> Section:
    """One entry, with its day, hour and place named."""
    first = pieces[0]
    end = _day_ends(first)
    when, rest = [first[:end].strip(" *_|")], first[end:]
    if year := re.match(r"[\s,]*(20\d\d)\b", rest):
        when.append(year[1])
    rest = _after(_BETWEEN, rest)
    columns = [column for column in _COLUMNS.split(rest) if column.strip(" *_")]
    lines = [*columns, *(piece for piece in pieces[1:] if re.search(r"\w", piece))]
    place, title, below = "", "", []
    for number, line in enumerate(lines):
        clock, left, leads = _clock_in(line) if len(when) < 3 else ("", line, False)
        if clock:
            when.append(clock)
        if not re.search(r"\w", left):
            continue
        if title or ACTION.fullmatch(bare(left)) or (leads and number >= len(columns)):
            place = place or (_place_in(left) if clock or number < len(columns) else "")
            below.append(left)
        else:
            title = left
    title, more = _title_of(title)
    place = place or _place_in(more)
    named = [f"När: {' '.join(when)}"] + ([f"Var: {place}"] if place else [])
    link = LINK.search(title)
    words = bare(title).strip(" *_:|–—-,.")[:_LONGEST_TITLE] or section.title
    return Section(
        words, "\n".join([*named, title, *filter(None, (more, *below))]), target(link) if link else "", 7, section.title
    )


def _clock_in(line: str) -> tuple[str, str, bool]:
    """The hour that a line begins or ends with, the rest of the line, and whether the hour leads."""
    text = line.lstrip(" *_")
    if clock := _BEGINS_WITH_CLOCK.match(text):
        return clock[1], text[clock.end() :].lstrip(" *_–—-"), True
    if clock := _ENDS_WITH_CLOCK.search(text[-80:]):
        return clock[1], text[: len(text) - len(clock[0])], False
    return "", line, False


def _title_of(line: str) -> tuple[str, str]:
    """The title that a line begins with, and what follows it there."""
    if bold := _BOLD.match(line.strip()):
        return bold[1], line.strip()[bold.end() :]
    link = LINK.match(line.strip())
    if link is not None and link["words"]:
        return link[0], line.strip()[link.end() :].strip(" ,;")
    parts = _TITLE_ENDS.split(line, maxsplit=1)
    return parts[0], parts[1] if len(parts) > 1 else ""


def _place_in(text: str) -> str:
    """The place that a column or the words behind an hour name; "" when they name none."""
    place = re.split(r"(?<=\w)[.!?:](?:\s|$)|\s[–—]\s|\s\|\s|\n", bare(text).strip(" ,;:*_"), maxsplit=1)[0].strip(
        " ,;."
    )
    place = re.sub(
        r"^(?:plats|var|lokal|ort)\s*:\s*|^(?:i|på|vid|at|in)\s+(?=[A-ZÅÄÖ])", "", place, flags=re.IGNORECASE
    )
    if (
        not re.search(r"[^\W\d_]{3}", place)
        or len(place) > _LONGEST_PLACE
        or _ONLINE.search(place)
        or _NO_PLACE.search(place)
    ):
        return ""
    words = len(place.split())
    return "" if words > 6 or (words > 2 and place[0].islower()) or ACTION.fullmatch(place) else place


def _day_ends(piece: str) -> int:
    found = BEGINS_WITH_DAY.match(piece)
    return found.end() if found else 0


def _after(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.match(text)
    return text[found.end() :] if found else text
