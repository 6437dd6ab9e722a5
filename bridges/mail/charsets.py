"""Bytes into letters: what a mail says its text is, then what Swedish mail mostly is, and never an error."""

import codecs
import re

#: Codecs that Python calls text but that nobody writes mail in; two of them take quadratic time.
_NOT_FOR_MAIL = frozenset({"punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"})

#: Names met in mail that Python knows by another name.
_ALIASES = {
    "ansi": "cp1252",
    "iso-8859-8-i": "iso-8859-8",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "unicode-1-1-utf-7": "utf-7",
    "x-sjis": "cp932",
    "shift_jis": "cp932",
    "gb2312": "gb18030",
    "utf8mb4": "utf-8",
    "x-mac-roman": "mac-roman",
    "macintosh": "mac-roman",
}

#: Where every byte is a letter, so that nothing tells when the name is wrong.
_WESTERN = frozenset({"iso8859-1", "cp1252", "iso8859-15"})

_CONTROLS: dict[int, str | None] = {
    **dict.fromkeys((*range(9), *range(14, 28), 31, 127)),
    **dict.fromkeys((11, 12, 28, 29, 30, 0x85, 0x2028, 0x2029), "\n"),
}
_ANY_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85\u2028\u2029]")
_MANY_RETURNS = re.compile(r"\r{1,3}\n")  # some gateways write more than one
_LONE_SURROGATES = re.compile("[\ud800-\udfff]")
_FOLD = re.compile(r"\n(?=[ \t])")  # RFC 5322 §2.2.3: the line end goes, the space stays
_SEQUENCES = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}",
)
_MOST_FOREIGN = 200_000
_HIGH = bytes(range(0x80, 0x100))


def decode(data: bytes, declared: str | None) -> str:
    """The declared charset if it fits, else UTF-8, else Windows' Western charset, which fits everything.

    Guessing by statistics is worse than this rule: short Swedish texts are taken for Czech or Arabic.
    """
    name = (declared or "").strip().strip("\"'").lower()
    name = _ALIASES.get(name, name)
    if name and name not in ("utf-8", "utf8", "us-ascii", "ascii"):
        try:
            codec = codecs.lookup(name).name
            if codec in _WESTERN and not data.isascii():
                # Programs say Latin-1 and send UTF-8: letters that by chance are UTF-8 throughout are not Swedish
                return _utf_8(data) or _western(data, codec)
            if codec not in _NOT_FOR_MAIL:
                return data.decode(codec)
        except (LookupError, ValueError):
            pass  # an unknown name, or bytes that are not what the name says
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _mixed(data)


def clean(text: str) -> str:
    """Text that every database and screen takes: one kind of line end, no control characters, no half characters."""
    if "\r" in text:
        text = _MANY_RETURNS.sub("\n", text).replace("\r", "\n")
    if _ANY_CONTROL.search(text):
        text = text.translate(_CONTROLS)
    return _LONE_SURROGATES.sub("\ufffd", text).removeprefix("\ufeff")


def one_line(text: str) -> str:
    """The same for a header: what would start a new line becomes a space."""
    return _FOLD.sub("", clean(text)).replace("\n", " ").replace("\t", " ").strip()


def _utf_8(data: bytes) -> str:
    """The text, or "" when it is no UTF-8."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return ""


def _western(data: bytes, codec: str = "cp1252") -> str:
    """Outlook says Latin-1 and sends Windows' quotes and dashes; browsers read it so as well."""
    try:
        return data.decode("cp1252" if codec == "iso8859-1" else codec)
    except UnicodeDecodeError:
        return data.decode("latin-1")  # the five bytes that Windows never gave a letter


def _mixed(data: bytes) -> str:
    """Not UTF-8 throughout: UTF-8 with a foreign footer or a cut last letter keeps its own; else Windows' Western.

    Lists glue footers in another charset to good text; one such byte must not spoil every å in the mail.
    """
    high = len(data) - len(data.translate(None, _HIGH))
    good = len(data) - len(_SEQUENCES.sub(b"", data))
    if good <= high - good:
        return _western(data)
    # Each foreign byte costs a call: a mail of nothing but such bytes is not worth a minute
    return data.decode("utf-8", "western" if high - good <= _MOST_FOREIGN else "replace")


def _one_western(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return _western(error.object[error.start : error.start + 1]), error.start + 1


codecs.register_error("western", _one_western)
