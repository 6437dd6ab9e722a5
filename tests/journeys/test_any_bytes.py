"""Any bytes as mail: kept, understood or parked with a reason, and the next mail is read as if nothing had been."""

import random

from tests.fixtures.require import FULL, FULL_ONLY
from tests.fixtures.village import TAKERS, Village, letter

ANNA = "Anna Åkesson <anna@vreta.example.se>"


async def test_rubbish_is_kept_and_the_next_mail_is_read(village: Village):
    dice = random.Random(11)
    rubbish = [
        dice.randbytes(5_000),
        b"\x00" * 300,
        b"Subject: ingen avs\xe4ndare\r\n\r\nHej",
        b"From: a@b.se\r\nFrom: c@d.se\r\n" * 5 + b"\r\nTio avs\xc3\xa4ndare",
        "From: Åsa <åsa@exämple.se>\r\nSubject: =?utf-8?q?trasig\r\n\r\nHej".encode(),
        b"From: x@y.se\r\nSubject: a\rBcc: all@example.se\r\nDate: ingen alls\r\n\r\n" + b"rad\r\n" * 10,
        b'Content-Type: multipart/mixed; boundary="x"\r\nFrom: x@y.se\r\n\r\n--x\r\nContent-Type: text/plain; charset=klingon\r\n\r\nqapla\r\n',
    ]
    await village.mail(*rubbish, letter(ANNA, "Efter allt detta", "Vi ses.\n"))
    await village.taken_in()
    await village.settled()
    assert sorted(one.recipient for one in village.shares("Efter allt detta")) == sorted(TAKERS)
    states = await village.rows("select state, reason from inbox order by id")
    assert len(states) == len(rubbish) + 1
    assert all(reason for _, reason in states)
    assert {state for state, _ in states[:-1]} <= {"parked", "held", "aside"}
    assert "Traceback" not in village.program.log()
    shown = await village.json("items", "parked")
    assert {row["state"] for row in shown} <= {"parked", "held"}
    assert len(shown) == sum(state in ("parked", "held") for state, _ in states)


@FULL_ONLY
async def test_a_subject_cannot_become_a_header(village: Village):
    raw = (
        letter(ANNA, "X", "Hej.\n")
        .as_bytes()
        .replace(b"Subject: X", b"Subject: =?utf-8?q?Hej=0D=0ABcc:_alla@example.se?=")
    )
    await village.mail(raw)
    await village.taken_in()
    await village.settled()
    got = [one for one in village.post.letters if one.recipient == "bo@agro.example.se"]
    assert len(got) == 1
    assert got[0].message["Bcc"] is None
    assert "Bcc: alla@example.se" in got[0].message["Subject"].replace("  ", " ")


@FULL_ONLY
async def test_members_with_odd_names(make_village, village: Village):
    path = village.program.folder / "odd.csv"
    path.write_text(
        "email,name,cluster,role,locale,mode,topics,slack_user\n"
        'drop@example.se,"""; DROP TABLE members; --",,reader,sv,each,,\n'
        'calc@example.se,"=cmd()|A1",,reader,sv,each,,\n',
        encoding="utf-8",
    )
    await village.run("members", "import", str(path))
    await village.mail(letter(ANNA, "Udda namn", "Hej.\n"))
    await village.taken_in()
    await village.settled()
    assert {"drop@example.se", "calc@example.se"} <= {one.recipient for one in village.shares("Udda namn")}
    names = [row["name"] for row in await village.json("members", "list")]
    assert '"; DROP TABLE members; --' in names


@FULL_ONLY
async def test_a_mail_too_large_waits_for_an_editor_and_the_next_is_read(village: Village):
    """50 MB at full scale; it is kept whole, its sender hears why, and nobody's mail waits for it."""
    megabytes = 50 if FULL else 26
    huge = letter(ANNA, "Alla bilder från studieresan", "Se bilderna.\n")
    huge.add_attachment(
        random.Random(3).randbytes(megabytes * 775_000), maintype="image", subtype="png", filename="bilder.png"
    )
    await village.mail(huge, letter(ANNA, "Efter bilderna", "Vi ses.\n"))
    await village.taken_in()
    await village.settled()
    assert sorted(one.recipient for one in village.shares("Efter bilderna")) == sorted(TAKERS)
    assert await village.rows("select state, reason from inbox order by id") == [("held", "too_big"), ("done", "item")]
    told = [str(one.message.get_body(("plain",)).get_content()) for one in village.letters_to("anna@vreta.example.se")]
    assert any("gränsen är 25 MB" in text for text in told), told
    assert [len(one.data) for one in village.letters_to("hanna@lrf.example.se")]
    assert max(len(one.data) for one in village.post.letters) < 100_000
