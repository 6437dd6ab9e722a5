"""Files from spreadsheets: whatever wrote them, what they say is taken, and what is wrong is named."""

import contextlib
import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.roster import (
    CLUSTER_COLUMNS,
    MEMBER_COLUMNS,
    BadRoster,
    clean_address,
    clean_domain,
    read_clusters,
    read_members,
    write,
)
from storage.words import ClusterType, Mode, Role

HEADER = ",".join(MEMBER_COLUMNS)


def rows_of(*lines: str, delimiter: str = ",") -> bytes:
    return "\n".join([HEADER.replace(",", delimiter), *lines, ""]).encode()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_as_any_spreadsheet_writes_it(delimiter, charset, newline):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=newline)
    writer.writerow(MEMBER_COLUMNS)
    writer.writerow(
        [
            "Asa.Oberg@Example.SE",
            "Åsa Öberg",
            "vreta",
            "editor",
            "sv",
            "each",
            "vatten;hållbarhet",
            "",
        ]
    )
    (row,) = read_members(text.getvalue().encode(charset))
    assert (row.line, row.email, row.name, row.cluster) == (2, "asa.oberg@example.se", "Åsa Öberg", "vreta")
    assert (row.role, row.locale, row.mode) == (Role.EDITOR, "sv", Mode.EACH)
    assert row.topics == ("vatten", "hållbarhet")
    assert row.slack_user is None, "an empty cell leaves what is there"


def test_excels_own_first_line_and_empty_rows_are_no_members():
    data = b"sep=;\r\n" + rows_of("anna@example.se;Anna;;;;;;", ";;;;;;;", "", "bo@example.se;Bo", delimiter=";")
    assert [(row.line, row.email) for row in read_members(data)] == [(3, "anna@example.se"), (6, "bo@example.se")]


def test_names_that_look_like_code_are_names():
    data = write(MEMBER_COLUMNS, [("a@example.se", '"; DROP', "", "", "", "", "", "")])
    data += b"b@example.se,=cmd(),,,,,,\nc@example.se,'=cmd(),,,,,,\nd@example.se,'t Hooft,,,,,,\n"
    assert [row.name for row in read_members(data)] == ['"; DROP', "=cmd()", "=cmd()", "'t Hooft"]


@given(
    st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Z"]) | st.sampled_from("=+-@' \";,")), st.booleans()
)
def test_what_is_written_is_read_and_no_cell_is_a_formula(name, excel):
    name = " ".join(name.split())
    data = write(MEMBER_COLUMNS, [("a@example.se", name, "", "", "", "", "", "")], excel=excel)
    cells = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";" if excel else ","))
    assert not cells[1][1].startswith(("=", "+", "-", "@"))
    if name != "-":  # which, in a cell of its own, empties what is there
        assert (read_members(data)[0].name or "") == name


def test_every_bad_line_is_named_with_its_reason():
    data = rows_of(
        "anna@example.se,Anna,,,,,,",
        "Anna <anna@example.se>,Anna,,,,,,",
        "åsa@example.se,Åsa,,,,,,",
        "bo@example.se,Bo,,king,,,,",
        "bo2@example.se,Bo,,,,often,,",
        "ANNA@example.se,Anna again,,,,,,",
        ",Nobody,,,,,,",
        "cy@example.se,Cy,,,,,,,more",
        "dan@example.se,Dan,,,,,,#dan",
    )
    with pytest.raises(BadRoster) as bad:
        read_members(data)
    assert [reason.partition(":")[0] for reason in bad.value.reasons] == [f"line {n}" for n in range(3, 11)]
    reasons = " ".join(bad.value.reasons)
    for part in ("is not an address", "letters such as å", "reader, staff, editor, admin", "each, digest, mine, none"):
        assert part in reasons
    for part in ("anna@example.se is on line 2 already", "neither email nor slack_user", "9 cells", "U024BE7LH"):
        assert part in reasons
    assert "and 3 more" in str(bad.value)
    assert "\n" not in str(bad.value)


def test_a_cell_over_two_lines_counts_as_two_in_the_file():
    data = rows_of('anna@example.se,"Anna\nBerg",,,,,,', "nonsense,,,,,,,")
    with pytest.raises(BadRoster, match=r"^line 4: "):
        read_members(data)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b"email,name\n", "the first line must be email,name,cluster"),
        (b"PK\x03\x04rest", "workbook"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not a text file"),
        (rows_of('"anna@example.se,Anna,,,,,,'), "line 2"),
    ],
)
def test_what_is_no_such_file_is_refused(data, why):
    with pytest.raises(BadRoster, match=why):
        read_members(data)


@given(st.binary(max_size=300))
def test_any_bytes_are_rows_or_a_reason(data):
    for read in (read_members, read_clusters):
        with contextlib.suppress(BadRoster):
            read(data)


def test_clusters_and_areas():
    data = (
        ",".join(CLUSTER_COLUMNS)
        + "\nVreta,Vreta kluster,,,@Vreta.se;mejl.vretakläster.se,,-,,\nnorr,Norr,,,,,,,Area\n"
    ).encode()
    vreta, norr = read_clusters(data)
    assert vreta.slug == "vreta"
    assert vreta.domains == ("vreta.se", "mejl.xn--vretaklster-r8a.se")
    assert vreta.contact == "", "a dash empties what is there"
    assert (vreta.type, norr.type) == (None, ClusterType.AREA)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (" Anna@Example.SE ", "anna@example.se"),
        ("o'neil+list@example.co.uk", "o'neil+list@example.co.uk"),
        ("anna@göteborg.se", "anna@xn--gteborg-90a.se"),
        ("anna@localhost", "anna@localhost"),
    ],
)
def test_addresses_are_kept_as_mail_servers_speak_them(written, kept):
    assert clean_address(written) == kept
    assert clean_address(kept) == kept


@pytest.mark.parametrize(
    "address",
    ["", "anna", "anna@", "@example.se", "anna@example", "a b@example.se", "anna@exa mple.se", "anna@@example.se",
     "anna@example..se", "a\r\nBcc: x@example.se", "anna@example.se\nx", "anna.@example.se", "x" * 65 + "@example.se", "anna@-x.se"],
)  # fmt: skip
def test_what_is_no_address_is_refused(address):
    with pytest.raises(ValueError, match=r"address|domain"):
        clean_address(address)


@given(st.text(max_size=80))
def test_any_text_is_a_domain_or_a_reason(text):
    try:
        domain = clean_domain(text)
    except ValueError:
        return
    assert domain.isascii()
    assert domain == domain.strip().lower()
