"""Who is in the seeded network: the clusters, and one person of each sort of reader."""

import csv
import io
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Final

from bot.demo.seed.table import BadSeed
from storage.roster import MEMBER_COLUMNS, BadRoster, read_clusters, read_members, write
from storage.words import Mode, Role

PEOPLE_COLUMNS: Final = ("key", "sort", "about", "about_en", *MEMBER_COLUMNS, "member")


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedPerson:
    """Somebody whose seat can be taken in the demo."""

    key: str  # what the page and the stories call them
    name: str
    sort: str  # which sort of reader: "staff", "area", "digest", …
    about: str  # one sentence in Swedish
    about_en: str
    email: str  # "" when they have none
    slack_user: str  # likewise
    cluster: str  # its slug; "" for none
    locale: str
    role: Role | None  # None: no member
    mode: Mode | None  # likewise

    @property
    def member(self) -> bool:
        """Whether the network knows them."""
        return self.role is not None

    @property
    def guest(self) -> bool:
        """Whether they are a guest in Slack, who must never be linked to a member."""
        return self.sort == "guest"


@dataclass(frozen=True, slots=True)
class SeedTown:
    """Everybody, and the two files that `brygga clusters|members import` would take."""

    people: tuple[SeedPerson, ...]
    clusters_csv: bytes
    members_csv: bytes

    def named(self, key: str) -> SeedPerson:
        """The person of a key. Raises LookupError."""
        for person in self.people:
            if person.key == key:
                return person
        raise LookupError(f"nobody is called “{key}”")


def read_town(folder: Traversable) -> SeedTown:
    """The clusters and the people of a folder. Raises BadSeed."""
    clusters, lines = folder.joinpath("clusters.csv").read_bytes(), _lines(folder.joinpath("people.csv"))
    members = write(
        MEMBER_COLUMNS,
        ([cells[column] for column in MEMBER_COLUMNS] for _, cells in lines if cells["member"] == "yes"),
    )
    people = tuple(_person(line, cells) for line, cells in lines)
    try:
        slugs = {row.slug for row in read_clusters(clusters)}
    except BadRoster as error:
        raise BadSeed("clusters.csv", error) from error
    try:
        read_members(members)
    except BadRoster as error:
        raise BadSeed("people.csv, its members", error) from error
    seen: set[str] = set()
    for (line, _), person in zip(lines, people, strict=True):
        if person.cluster and person.cluster not in slugs:
            raise BadSeed(f"people.csv, line {line}", f"there is no cluster “{person.cluster}”")
        if person.key in seen:
            raise BadSeed(f"people.csv, line {line}", f"“{person.key}” is there already")
        seen.add(person.key)
    return SeedTown(people, clusters, members)


def _lines(file: Traversable) -> list[tuple[int, dict[str, str]]]:
    try:
        reader = csv.reader(io.StringIO(file.read_bytes().decode("utf-8"), newline=""), strict=True)
        rows = [(reader.line_num, cells) for cells in reader if cells]
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadSeed("people.csv", error) from error
    if not rows or tuple(rows[0][1]) != PEOPLE_COLUMNS:
        raise BadSeed("people.csv, line 1", f"the first line must be {','.join(PEOPLE_COLUMNS)}")
    for line, cells in rows[1:]:
        if len(cells) != len(PEOPLE_COLUMNS):
            raise BadSeed(f"people.csv, line {line}", f"{len(cells)} cells where there should be {len(PEOPLE_COLUMNS)}")
    return [(line, dict(zip(PEOPLE_COLUMNS, cells, strict=True))) for line, cells in rows[1:]]


def _person(line: int, cells: dict[str, str]) -> SeedPerson:
    where = f"people.csv, line {line}"
    for column in ("key", "sort", "about", "about_en", "name", "locale", "member"):
        if not cells[column]:
            raise BadSeed(where, f"“{column}” is empty")
    if not cells["email"] and not cells["slack_user"]:
        raise BadSeed(where, "neither email nor slack_user")
    member = cells["member"] == "yes"
    try:
        role, mode = (Role(cells["role"]), Mode(cells["mode"])) if member else (None, None)
    except ValueError as error:
        raise BadSeed(where, error) from error
    return SeedPerson(
        key=cells["key"],
        name=cells["name"],
        sort=cells["sort"],
        about=cells["about"],
        about_en=cells["about_en"],
        email=cells["email"],
        slack_user=cells["slack_user"],
        cluster=cells["cluster"],
        locale=cells["locale"],
        role=role,
        mode=mode,
    )
