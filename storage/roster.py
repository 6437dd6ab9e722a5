"""The files that clusters and members are kept in outside Brygga: CSV as a spreadsheet writes and reads it."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from storage.words import ClusterType, Mode, Role

CLUSTER_COLUMNS = ("slug", "name", "region", "website", "domains", "topics", "contact", "slack_channel", "type")
MEMBER_COLUMNS = ("email", "name", "cluster", "role", "locale", "mode", "topics", "slack_user")
LOCALES = ("sv", "en")

#: A cell that holds this alone empties what is there; an empty cell leaves it as it is.
CLEAR = "-"
#: What a spreadsheet would run as a formula, with the apostrophes that already guard it.
_FORMULA = re.compile(r"'*[=+\-@]")
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_LOCAL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
)  # RFC 5321 §4.1.2, dot-string
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_SLACK_USER = re.compile(r"[UW][A-Z0-9]{2,30}")
_INVISIBLE = re.compile("[\u0000-\u001f\u007f-\u009f\u00a0\u200b-\u200f\u2028-\u202e\u2060\ufeff]+")

Row = TypeVar("Row")


class BadRoster(Exception):
    """The file cannot be taken, and nothing of it was. Says which lines and why."""

    def __init__(self, reasons: Sequence[str]) -> None:
        more = f"; and {len(reasons) - 5} more" if len(reasons) > 5 else ""
        super().__init__("; ".join(reasons[:5]) + more)
        self.reasons = tuple(reasons)


@dataclass(frozen=True, slots=True)
class ClusterRow:
    """One cluster as the file has it; None leaves what is there."""

    line: int
    slug: str
    name: str | None = None
    region: str | None = None
    website: str | None = None
    domains: tuple[str, ...] | None = None
    topics: tuple[str, ...] | None = None
    contact: str | None = None
    slack_channel: str | None = None
    type: ClusterType | None = None


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One member as the file has it; None leaves what is there."""

    line: int
    email: str | None = None
    slack_user: str | None = None
    name: str | None = None
    cluster: str | None = None  # a slug or a name, as written; "" for none
    role: Role | None = None
    locale: str | None = None
    mode: Mode | None = None
    topics: tuple[str, ...] | None = None


def clean_address(text: str) -> str:
    """An address as it is kept: lower case, the domain in the form that mail servers speak. Raises ValueError."""
    address = text.strip()
    local, at, domain = address.rpartition("@")
    if not at:
        raise ValueError(f"“{shown(text)}” is not an address")
    if not local.isascii():
        raise ValueError(f"“{shown(text)}” cannot be mailed: letters such as å before the @")
    if not _LOCAL.fullmatch(local) or len(local) > 64:
        raise ValueError(f"“{shown(text)}” is not an address: write it alone, such as anna@example.se")
    return f"{local.lower()}@{clean_domain(domain)}"


def clean_domain(text: str) -> str:
    """A mail domain: lower case, å ä ö in their ASCII form (RFC 5891). Raises ValueError."""
    try:
        domain = text.strip().lower().encode("idna").decode("ascii")
    except UnicodeError:
        domain = ""
    labels = domain.split(".")
    if (
        len(domain) > 253
        or not all(_LABEL.fullmatch(label) for label in labels)
        or (len(labels) < 2 and domain != "localhost")
    ):
        raise ValueError(f"“{shown(text)}” is not a mail domain")
    return domain


def read_clusters(data: bytes) -> list[ClusterRow]:
    """The clusters in a file. Raises BadRoster, naming every bad line."""
    return _read(data, CLUSTER_COLUMNS, cluster_row, key=lambda row: (row.slug,))


def read_members(data: bytes) -> list[MemberRow]:
    """The members in a file. Raises BadRoster, naming every bad line."""
    return _read(data, MEMBER_COLUMNS, member_row, key=lambda row: (row.email, row.slack_user))


def cluster_row(line: int, cells: dict[str, str]) -> ClusterRow:
    """One cluster from its cells. Raises ValueError."""
    slug = cells["slug"].lower()
    if not _SLUG.fullmatch(slug):
        raise ValueError(f"slug “{shown(slug)}” must be a short name of a–z, 0–9 and -")
    domains = _words(cells["domains"])
    return ClusterRow(
        line,
        slug,
        name=_text(cells["name"]),
        region=_text(cells["region"]),
        website=_text(cells["website"]),
        domains=None if domains is None else tuple(clean_domain(domain.removeprefix("@")) for domain in domains),
        topics=_words(cells["topics"]),
        contact=_text(cells["contact"]),
        slack_channel=_text(cells["slack_channel"]),
        type=_word(ClusterType, "type", cells["type"]),
    )


def member_row(line: int, cells: dict[str, str]) -> MemberRow:
    """One member from their cells. Raises ValueError."""
    slack_user = _text(cells["slack_user"])
    if slack_user and not _SLACK_USER.fullmatch(slack_user):
        raise ValueError(f"slack_user “{shown(slack_user)}” must be a Slack id such as U024BE7LH")
    if not cells["email"] and not slack_user:
        raise ValueError("neither email nor slack_user")
    locale = cells["locale"].lower() or None
    if locale and locale not in LOCALES:
        raise ValueError(f"locale “{shown(locale)}” must be {' or '.join(LOCALES)}")
    return MemberRow(
        line,
        email=clean_address(cells["email"]) if cells["email"] else None,
        slack_user=slack_user,
        name=_text(cells["name"]),
        cluster=_text(cells["cluster"]),
        role=_word(Role, "role", cells["role"]),
        locale=locale,
        mode=_word(Mode, "mode", cells["mode"]),
        topics=_words(cells["topics"]),
    )


def write(columns: Sequence[str], rows: Iterable[Sequence[str]], *, excel: bool = False) -> bytes:
    """A CSV file; `excel`: as a Swedish Excel opens it by a double click. No cell of it runs as a formula."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";" if excel else ",", lineterminator="\r\n" if excel else "\n")
    writer.writerow(columns)
    writer.writerows([_guarded(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig" if excel else "utf-8")


def shown(text: str) -> str:
    """Text from a file inside a message: short, and with nothing in it that a terminal would obey."""
    text = _INVISIBLE.sub(" ", text)
    return text if len(text) <= 60 else text[:59] + "…"


def _read(
    data: bytes,
    columns: Sequence[str],
    make: Callable[[int, dict[str, str]], Row],
    key: Callable[[Row], tuple[str | None, ...]],
) -> list[Row]:
    rows: list[Row] = []
    reasons: list[str] = []
    seen: dict[str, int] = {}
    for line, values in _lines(data, columns):
        try:
            if len(values) != len(columns):
                raise ValueError(f"{len(values)} cells where the header has {len(columns)}")
            row = make(line, values)
            for name in filter(None, key(row)):
                if (before := seen.setdefault(name, line)) != line:
                    raise ValueError(f"{name} is on line {before} already")
            rows.append(row)
        except ValueError as error:
            reasons.append(f"line {line}: {error}")
    if reasons:
        raise BadRoster(reasons)
    return rows


def _lines(data: bytes, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and cells by column name, of every line that says anything; short of cells when the line was."""
    text = _decoded(data)
    first, _, rest = text.partition("\n")
    skipped = 0
    if first.lower().startswith("sep="):  # Excel's own word for the delimiter
        text, skipped = rest, 1
        first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header: list[str] | None = None
    last = 0
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise BadRoster([f"line {reader.line_num + skipped}: {error}"]) from error
        if cells is None:
            break
        line, last = last + 1 + skipped, reader.line_num
        if header is None:
            header = [cell.strip().lower() for cell in cells]
            if sorted(header) != sorted(columns):
                raise BadRoster([f"line {line}: the first line must be {','.join(columns)}"])
        elif any(cell.strip() for cell in cells):
            # A spreadsheet may leave out, or add, empty cells at the end.
            cells = [*cells, *[""] * (len(header) - len(cells))] if len(cells) > 1 else cells
            while len(cells) > len(header) and not cells[-1].strip():
                cells.pop()
            named = dict(zip(header, map(_cleaned, cells), strict=False))
            yield line, named | {f"+{n}": "" for n in range(len(cells) - len(header))}
    if header is None:
        raise BadRoster([f"the file is empty; its first line must be {','.join(columns)}"])


def _decoded(data: bytes) -> str:
    """UTF-8 with or without its mark, what Excel calls Unicode, or else the Windows code page of western Europe."""
    if data.startswith(b"PK\x03\x04"):
        raise BadRoster(["this is a workbook, not CSV: save it as “CSV UTF-8” in the spreadsheet"])
    try:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            text = data.decode("utf-16")
        else:
            text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    if "\x00" in text:
        raise BadRoster(["this is not a text file"])
    return text


def _cleaned(cell: str) -> str:
    """A cell without the apostrophe that guards a formula, line breaks or what cannot be seen."""
    cell = " ".join(_INVISIBLE.sub(" ", cell).split())
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def _guarded(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _text(cell: str) -> str | None:
    return "" if cell == CLEAR else cell or None


def _words(cell: str) -> tuple[str, ...] | None:
    if cell == CLEAR:
        return ()
    return tuple(dict.fromkeys(word.strip() for word in cell.split(";") if word.strip())) or None


Word = TypeVar("Word", ClusterType, Role, Mode)


def _word(words: type[Word], column: str, cell: str) -> Word | None:
    if not cell:
        return None
    try:
        return words(cell.lower())
    except ValueError:
        raise ValueError(f"{column} “{shown(cell)}” must be one of {', '.join(words)}") from None
