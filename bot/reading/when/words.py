"""How people write months, weekdays and numbers, in Swedish and in English; for text that was folded."""

#: Nothing that would make it the beginning of another word.
END = r"(?![a-zåäöé])"

_MONTHS = (
    r"jan(?:uari|uary)?",
    r"feb(?:r(?:uari|uary)?|uari)?",
    r"mar(?:s|ch)?",
    r"apr(?:il)?",
    r"ma[jy]",
    r"jun(?:i|e)?",
    r"jul(?:i|y)?",
    r"aug(?:usti|ust)?",
    r"sep(?:t(?:ember)?)?",
    r"o[ck]t(?:ober)?",
    r"nov(?:ember)?",
    r"dec(?:ember)?",
)
MONTH = rf"(?:{'|'.join(_MONTHS)}){END}\.?"
_MONTH_LETTERS = {
    **dict(
        zip(
            ("jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec"),
            range(1, 13),
            strict=True,
        )
    ),
    "may": 5,
    "oct": 10,
}

_DAY_ENDINGS = r"(?:en|ens|s|ar|arna)?"
_SWEDISH_DAYS = rf"(?:m[åa]n|tis|ons|tors|fre|l[öo]r|s[öo]n)dag{_DAY_ENDINGS}"
_ENGLISH_DAYS = r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
_DAY_PARTS = r"(?:s?\s?(?:kväll|förmiddag|eftermiddag|morgon|lunch)(?:en)?)?"
#: A weekday in full: sure to be one wherever it stands.
WEEKDAY = rf"(?:(?:{_SWEDISH_DAYS}{_DAY_PARTS}|{_ENGLISH_DAYS}){END})"
#: Also shortened, where a day follows.
ANY_WEEKDAY = (
    rf"(?:(?:{_SWEDISH_DAYS}{_DAY_PARTS}|{_ENGLISH_DAYS}|m[åa]nd?|tisd?|onsd?|tors?d?|fred?|l[öo]rd?|s[öo]nd?"
    rf"|mon|tues?|wed|thu(?:rs?)?|fri|sat|sun){END}\.?)"
)
_WEEKDAY_LETTERS = {"m": 0, "ti": 1, "tu": 1, "on": 2, "we": 2, "to": 3, "th": 3, "fr": 4, "l": 5, "sa": 5, "s": 6}

_ONES = (
    "",
    "ett",
    "två",
    "tre",
    "fyra",
    "fem",
    "sex",
    "sju",
    "åtta",
    "nio",
    "tio",
    "elva",
    "tolv",
    "tretton",
    "fjorton",
)
_ENGLISH_ONES = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
#: One to fourteen, in words.
NUMBERS = {
    **{word: number for number, word in enumerate(_ONES) if word},
    **{word: number for number, word in enumerate(_ENGLISH_ONES) if word},
    "en": 1,
    "a": 1,
}
NUMBER = rf"(?:\d{{1,2}}|{'|'.join(sorted(NUMBERS, key=len, reverse=True))})"

_FIRST_ORDINALS = (
    "", "först", "andr", "tredje", "fjärde", "femte", "sjätte", "sjunde", "åttonde", "nionde", "tionde", "elfte", "tolfte",
    "trettonde", "fjortonde", "femtonde", "sextonde", "sjuttonde", "artonde", "nittonde", "tjugonde",
)  # fmt: skip
_ORDINAL_ROOTS = {
    **{word: number for number, word in enumerate(_FIRST_ORDINALS) if word},
    **{f"tjugo{word}": 20 + number for number, word in enumerate(_FIRST_ORDINALS[:10]) if word},
    "trettionde": 30,
    "trettioförst": 31,
}
#: "första", "tjugoandre": the day of a month in words.
ORDINALS = {
    form: number
    for root, number in _ORDINAL_ROOTS.items()
    for form in ((f"{root}a", f"{root}e") if root[-1] != "e" else (root,))
}
ORDINAL = rf"(?:{'|'.join(sorted(ORDINALS, key=len, reverse=True))})"


def month_of(word: str) -> int:
    """The month's number, of a word that MONTH matched."""
    return _MONTH_LETTERS[word[:3]]


def weekday_of(word: str) -> int:
    """Monday = 0, of a word that WEEKDAY or ANY_WEEKDAY matched."""
    return _WEEKDAY_LETTERS[word[:2]] if word[:2] in _WEEKDAY_LETTERS else _WEEKDAY_LETTERS[word[:1]]


def number_of(word: str) -> int:
    """The number that a word or digits say, of what NUMBER matched."""
    return int(word) if word.isdigit() else NUMBERS[word]
