"""A coordinator asks what Brygga understands of a mail, and a script asks about thousands."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from bot.cli import run
from bot.cli.understood import summary
from bot.explain import Circumstances, Seen, explain
from bridges.mail.own import list_id
from bridges.texts import Texts
from bridges.tokens import Tokens
from tests.fixtures.require import FULL

ROOT = Path(__file__).parents[2]
LIST = "kluster@lista.example.se"
SECRET = "hemlig nyckel, lång nog"
# The fields of every line, in the order that is promised.
FIELDS = "file disposition reason kind intent message_id in_reply_to forwarded_from from to cc subject title language".split()  # noqa: SIM905
FIELDS += "text trimmed html attachments links events tips bounces warnings".split()  # noqa: SIM905

INVITATION = """From: =?utf-8?q?=C3=85sa_Ek?= <Asa@Vreta.se>
To: Kluster <kluster+inbjudan@lista.example.se>
Cc: bo@tuna.se
Subject: =?utf-8?q?Inbjudan_till_f=C3=A4ltvandring?=
Date: Mon, 03 Aug 2026 09:00:00 +0200
Message-ID: <1@vreta.se>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain; charset=utf-8

Välkommen till en fältvandring om mellangrödor på Norrby gård!
--b
Content-Type: text/csv; name=program.csv
Content-Disposition: attachment; filename=program.csv

tid;vad
--b--
"""
ANSWER = """From: Bo <bo@tuna.se>
To: kluster@lista.example.se
Subject: SV: Inbjudan
Message-ID: <2@tuna.se>
In-Reply-To: <1@vreta.se>
Content-Type: text/plain; charset=utf-8

{text}
"""
BOUNCE = """Return-Path: <>
From: MAILER-DAEMON@mx.se
To: kluster+bounce-abc@lista.example.se
Subject: Undelivered
Message-ID: <3@mx.se>
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.se

Final-Recipient: rfc822; eva@vreta.se
Action: failed
Status: 5.1.1

--b--
"""


class Said(NamedTuple):
    """What the command line answered."""

    returncode: int
    stdout: str
    stderr: str


class Brygga:
    """The command line in a folder of its own; in this process, unless it matters that it is another."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[bytes]) -> None:
        self.folder = folder
        self._capture = capture

    def settings(self, text: str = "") -> None:
        (self.folder / "brygga.toml").write_text(
            text or f'[list]\naddress = "{LIST}"\n[network]\nsecret_key = "{SECRET}"\n', encoding="utf-8"
        )

    def mail(self, name: str, text: str | bytes) -> str:
        (self.folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return name

    def run(self, *arguments: str) -> Said:
        self._capture.readouterr()
        code = run(["explain", *arguments])
        out, err = self._capture.readouterr()
        return Said(code, out.decode(), err.decode())

    def process(self, *arguments: str, code: str = "from bot.cli import main; main()") -> Said:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("BRYGGA_")}
        done = subprocess.run(
            [sys.executable, "-c", code, "explain", *arguments],
            cwd=self.folder,
            env=environment | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        return Said(done.returncode, done.stdout, done.stderr)

    def lines(self, *files: str, options: tuple[str, ...] = (), exit_code: int = 0) -> list[dict]:
        """What is said of each file; with nothing on stderr and the exit code as promised."""
        done = self.run(*files, "--json", *options)
        assert (done.returncode, done.stderr) == (exit_code, "")
        return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def bare(tmp_path, monkeypatch, capfdbinary):
    """No settings at all."""
    for name in [name for name in os.environ if name.startswith("BRYGGA_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return Brygga(tmp_path, capfdbinary)


@pytest.fixture
def brygga(bare):
    bare.settings()
    return bare


def test_an_invitation_is_said_in_every_field(brygga):
    (said,) = brygga.lines(brygga.mail("inbjudan.eml", INVITATION))
    assert [name for name in FIELDS if name not in said] == []
    assert list(said)[: len(FIELDS)] == FIELDS
    assert said["file"] == "inbjudan.eml"
    assert (said["disposition"], said["kind"], said["intent"]) == ("post", "invitation", "new")
    assert said["from"] == {"name": "Åsa Ek", "address": "asa@vreta.se"}
    assert said["to"] == [{"name": "Kluster", "address": "kluster+inbjudan@lista.example.se"}]
    assert said["cc"] == [{"name": "", "address": "bo@tuna.se"}]
    assert said["message_id"] == "<1@vreta.se>"
    assert said["in_reply_to"] is None
    assert said["subject"] == "Inbjudan till fältvandring"
    assert said["title"] == "Inbjudan till fältvandring"
    assert said["language"] == "sv"
    assert "fältvandring om mellangrödor på Norrby gård" in said["text"]
    (file,) = said["attachments"]
    assert (file["name"], file["content_type"], file["size"]) == ("program.csv", "text/csv", 7)
    assert len(file["sha256"]) == 64
    assert len(file["md5"]) == 32


TOKENS = Tokens(SECRET)


@pytest.mark.parametrize(
    ("raw", "disposition", "reason"),
    [
        (INVITATION, "post", "member"),
        (ANSWER.format(text="Vi tar med oss spadar."), "reply", "answer"),
        (ANSWER.format(text="Kommer!"), "rsvp", "yes"),
        (ANSWER.format(text="Kan inte"), "rsvp", "no"),
        (ANSWER.format(text="Kanske."), "rsvp", "maybe"),
        (ANSWER.format(text="Kommer med tåget 12.30 och tar med Bo."), "reply", "answer"),
        (
            ANSWER.format(text="\n> Välkommen\n").replace("> V", "Den 3 aug. skrev Åsa Ek:\n> V"),
            "empty",
            "empty_answer",
        ),
        (ANSWER.format(text="Hej").replace("SV: ", "VB: "), "post", "member"),
        (ANSWER.format(text="Hej").replace("kluster@", "kluster+thread-abc@"), "reply", "thread"),
        (INVITATION.replace("+inbjudan", "+leave"), "command", "leave"),
        (INVITATION.replace("+inbjudan", "+sok"), "command", "sok"),
        (INVITATION.replace("+inbjudan", "+desk-abc"), "command", "desk"),
        (INVITATION.replace("+inbjudan", "+rsvp-abc"), "rsvp", "rsvp"),
        (BOUNCE, "bounce", "bounce"),
        ("Auto-Submitted: auto-replied\n" + INVITATION, "auto_reply", "auto_submitted"),
        (f"List-Id: {list_id(LIST)}\n" + INVITATION, "loop", "own_list_id"),
        (INVITATION.replace("<1@vreta.se>", TOKENS.new_message_id("x.se")), "loop", "own_message_id"),
        (INVITATION.replace("<Asa@Vreta.se>", "<a@b.se>, c@d.se"), "hold", "many_senders"),
        ("From: a@b.se\nSubject: Hej\n\n", "empty", "empty"),
        ("", "empty", "empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "empty", "not_mail"),
    ],
)
def test_every_mail_has_one_disposition_with_its_reason(raw, disposition, reason):
    around = Circumstances(address=LIST, tokens=TOKENS)
    said = explain("mejl.eml", raw if isinstance(raw, bytes) else raw.encode(), around, Seen())
    assert (said["disposition"], said["reason"]) == (disposition, reason)


CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//x//y//SV
METHOD:REQUEST
BEGIN:VEVENT
UID:42@vreta.se
SEQUENCE:1
SUMMARY:Fältvandring
DTSTART;TZID=Europe/Stockholm:20260826T130000
DTEND;TZID=Europe/Stockholm:20260826T153000
LOCATION:Norrby gård\\, Tuna
END:VEVENT
END:VCALENDAR
"""


def test_an_event_is_said_with_its_offset(brygga):
    raw = "From: a@b.se\nSubject: Träff\nContent-Type: text/calendar; method=REQUEST; charset=utf-8\n\n" + CALENDAR
    said, whole_day = brygga.lines(
        brygga.mail("tid.eml", raw),
        brygga.mail(
            "dag.eml",
            raw.replace("TZID=Europe/Stockholm", "VALUE=DATE").replace("T130000", "").replace("26T153000", "28"),
        ),
    )
    (event,) = said["events"]
    assert (event["start"], event["end"]) == ("2026-08-26T13:00:00+02:00", "2026-08-26T15:30:00+02:00")
    assert (event["title"], event["place"], event["uid"], event["sequence"]) == (
        "Fältvandring",
        "Norrby gård, Tuna",
        "42@vreta.se",
        1,
    )
    assert (event["date_precision"], event["all_day"], event["timezone"]) == ("time", False, "Europe/Stockholm")
    assert (event["status"], event["needs_confirmation"], event["registration_deadline"]) == ("confirmed", False, None)
    assert said["kind"] == "invitation"
    (event,) = whole_day["events"]
    assert (event["start"], event["end"], event["all_day"]) == ("2026-08-26", "2026-08-27", True)
    shown = brygga.run("tid.eml").stdout
    assert "kl. 13.00–15.30\n  Var: Norrby gård, Tuna\n" in shown


def test_an_answer_is_said_without_what_it_quotes(brygga):
    text = "Vi kommer *gärna*, 1 * 2 personer.\n\nDen 3 aug. 2026 skrev Åsa Ek <asa@vreta.se>:\n> Välkommen till kluster+desk-abc@lista.example.se"
    (said,) = brygga.lines(brygga.mail("svar.eml", ANSWER.format(text=text)))
    assert said["text"] == "Vi kommer *gärna*, 1 * 2 personer."
    assert "Välkommen" in said["trimmed"]
    assert "desk-abc" not in said["trimmed"]
    assert (said["kind"], said["in_reply_to"]) == (None, "<1@vreta.se>")


def test_a_bounce_names_who_was_not_reached(brygga):
    (said,) = brygga.lines(brygga.mail("studs.eml", BOUNCE))
    assert said["bounces"] == [{"address": "eva@vreta.se", "permanent": True, "status": "5.1.1"}]
    assert said["kind"] is None


def test_the_same_message_id_again_in_one_call_is_a_duplicate(brygga):
    first, other = brygga.mail("1.eml", INVITATION), brygga.mail("2.eml", ANSWER.format(text="Hej då"))
    again = brygga.mail("3.eml", "Received: from a by b\n" + INVITATION)
    said = brygga.lines(first, other, again, other)
    assert [line["disposition"] for line in said] == ["post", "reply", "duplicate", "duplicate"]
    assert [line["file"] for line in said] == [first, other, again, other]
    assert brygga.lines(first)[0]["disposition"] == "post"  # nothing is remembered from call to call


def test_what_is_no_mail_is_said_and_the_others_are_read(brygga):
    (brygga.folder / "mapp").mkdir()
    os.mkfifo(brygga.folder / "rör")
    with (brygga.folder / "stor.eml").open("wb") as large:
        large.write(INVITATION.encode())
        large.truncate(200 * 1024 * 1024)  # a hole: takes no room on the disk
    good = brygga.mail("bra.eml", INVITATION)
    said = brygga.lines(
        "mapp", "rör", "stor.eml", brygga.mail("tom.eml", ""), "saknas.eml", "bra.eml/x", good, exit_code=1
    )
    assert [(line["disposition"], line["reason"]) for line in said] == [
        ("empty", "not_a_file"),
        ("empty", "not_a_file"),
        ("empty", "too_large"),
        ("empty", "empty"),
        ("empty", "missing_file"),
        ("empty", "missing_file"),
        ("post", "member"),
    ]
    assert all(list(line)[: len(FIELDS)] == FIELDS for line in said)


def test_only_a_file_that_is_not_there_fails_the_call(brygga):
    (brygga.folder / "mapp").mkdir()
    brygga.lines("mapp", brygga.mail("tom.eml", ""), exit_code=0)
    assert brygga.lines("saknas.eml", exit_code=1)[0]["disposition"] == "empty"


def test_a_mail_over_the_limit_waits_for_an_editor(brygga):
    brygga.settings(f'[list]\naddress = "{LIST}"\n[limits]\nmail_mb = 1\n')
    (said,) = brygga.lines(brygga.mail("stort.eml", INVITATION + "x" * 1024 * 1024))
    assert (said["disposition"], said["reason"]) == ("hold", "too_big")


def test_the_trusted_server_of_the_settings_is_asked(brygga):
    brygga.settings(f'[list]\naddress = "{LIST}"\ntrusted_authserv = "mx.example.se"\n')
    passed = "Authentication-Results: mx.example.se; dmarc=pass header.from=vreta.se\n" + INVITATION
    said = brygga.lines(brygga.mail("1.eml", passed), brygga.mail("2.eml", INVITATION.replace("<1@", "<9@")))
    assert [(line["disposition"], line["reason"]) for line in said] == [("post", "member"), ("hold", "untrusted")]


def test_it_works_where_there_are_no_settings_at_all(bare):
    (said,) = bare.lines(bare.mail("mejl.eml", ANSWER.format(text="Vi kommer fyra personer.")))
    assert said["disposition"] == "reply"
    assert sorted(path.name for path in bare.folder.iterdir()) == ["mejl.eml"]  # and leaves nothing behind


def test_settings_that_cannot_be_used_are_one_line(brygga):
    brygga.settings('[list]\naddress = "inte en adress"\n')
    done = brygga.run(brygga.mail("mejl.eml", INVITATION), "--json")
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 1
    assert "[list] address" in done.stderr


def test_the_directory_tells_the_senders_cluster(brygga):
    header = "slug,name,region,website,domains,topics,contact,slack_channel,type\n"
    brygga.mail("kluster.csv", header + "vreta,Vreta Kluster,Östergötland,,vreta.se;vretakluster.se,,,,cluster\n")
    files = (brygga.mail("1.eml", INVITATION), brygga.mail("2.eml", ANSWER.format(text="Hej på er")))
    said = brygga.lines(*files, options=("--clusters", "kluster.csv"))
    assert [line["cluster"] for line in said] == ["vreta", None]


def test_a_directory_that_cannot_be_read_is_one_line_and_nothing_is_explained(brygga):
    brygga.mail("fel.csv", "slug,name\n")
    mail = brygga.mail("mejl.eml", INVITATION)
    for file in ("fel.csv", "saknas.csv"):
        done = brygga.run(mail, "--json", "--clusters", file)
        assert (done.returncode, done.stdout) == (1, "")
        assert len(done.stderr.splitlines()) == 1
        assert file in done.stderr


def test_html_is_shown_without_what_could_act_or_tell(brygga):
    html = '<p onclick="x()">Hej <a href="javascript:x()">du</a></p><img src="https://t.se/p.gif"><script>x()</script><b>fet</b>'
    raw = f"From: a@b.se\nSubject: Hej\nContent-Type: text/html; charset=utf-8\n\n{html}"
    (said,) = brygga.lines(brygga.mail("h.eml", raw))
    assert "<b>fet</b>" in said["html"]
    assert not any(word in said["html"] for word in ("onclick", "javascript", "<img", "<script", "x()"))


def test_it_needs_no_database_no_network_and_none_of_their_libraries(brygga):
    """Every socket refuses, and what would open one is not even loaded; nor is what would make the start slow."""
    code = """
import json, socket, sys
def refuse(*arguments, **options): raise AssertionError("the network was used")
socket.socket.connect = refuse; socket.getaddrinfo = refuse
from bot.cli import run
code = run(sys.argv[1:])
heavy = {"sqlalchemy", "alembic", "aiosqlite", "asyncpg", "starlette", "uvicorn", "slack_bolt", "slack_sdk", "aiohttp",
         "aiosmtplib", "aioimaplib", "apscheduler", "flufl", "structlog", "icalendar", "babel", "jinja2", "mjml", "dns"}
print(json.dumps(sorted(heavy & {name.partition(".")[0] for name in sys.modules})), file=sys.stderr)
sys.exit(code)
"""
    html = (
        "From: a@b.se\nSubject: Nyhetsbrev\nList-Unsubscribe: <https://b.se/av>\nContent-Type: text/html\n\n<p>Hej</p>"
    )
    calendar = "From: a@b.se\nSubject: Träff\nContent-Type: text/calendar; method=REQUEST\n\n" + CALENDAR
    files = [
        brygga.mail(f"{number}.eml", raw)
        for number, raw in enumerate((INVITATION, ANSWER.format(text="Vi tar med spadar."), html, calendar))
    ]
    done = brygga.process(*files, "--json", code=code)
    assert done.returncode == 0, done.stderr
    assert [json.loads(line)["disposition"] for line in done.stdout.splitlines()] == ["post", "reply", "post", "post"]
    assert done.stderr.strip() == "[]"


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system does not say how much memory was used")
def test_a_thousand_mails_take_no_more_memory_than_a_few(brygga):
    mails = [
        brygga.mail(f"{number}.eml", INVITATION.replace("<1@", f"<{number}@") + "x" * 200_000)
        for number in range(1_000 if FULL else 200)
    ]
    code = r"""
import re, sys
from pathlib import Path
from bot.cli import run
code = run(sys.argv[1:])
print(re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text())[1], file=sys.stderr)
sys.exit(code)
"""
    few, many = (brygga.process(*files, "--json", code=code) for files in (mails[:20], mails))
    assert len(many.stdout.splitlines()) == len(mails)
    assert int(many.stderr) - int(few.stderr) < 15_000  # kB; the mails together are 40 MB or more


def test_any_bytes_give_a_line_and_never_a_traceback(brygga):
    noise = [
        bytes(range(256)),
        b"\r\n\r\n",
        b"From: " + b"<" * 5_000,
        b"Subject: a\r\nContent-Type: multipart/mixed\r\n\r\n--",
    ]
    noise += [
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        + b"--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" * 300
    ]
    noise += [INVITATION.encode()[:cut] for cut in range(0, len(INVITATION), 97)]
    noise += [
        INVITATION.encode("utf-16"),
        b"Subject: \xff\xfe\xed\xa0\x80\r\nFrom: \xf6@\xe5.se\r\n\r\n\xff\x00\x1b[31m",
    ]
    said = brygga.lines(*(brygga.mail(f"{number}.eml", raw) for number, raw in enumerate(noise)))
    assert len(said) == len(noise)
    assert [line["file"] for line in said if line["reason"] == "unexpected"] == []


def test_for_people_it_is_a_few_lines_in_their_language(brygga):
    files = (brygga.mail("inbjudan.eml", INVITATION), "saknas.eml")
    done = brygga.run(*files)
    assert done.returncode == 1
    assert done.stdout.startswith(
        "inbjudan.eml\n  Delas som inbjudan: Inbjudan till fältvandring\n  Från: Åsa Ek <asa@vreta.se>\n"
    )
    assert "  Filer: program.csv (1 kB)\n" in done.stdout
    assert "saknas.eml\n  Inget att dela: filen finns inte\n" in done.stdout
    brygga.settings('[network]\nlocale = "en"\n')
    assert "\n  Is shared as an invitation: Inbjudan till fältvandring\n" in brygga.run(*files).stdout


def test_for_people_it_says_when_where_and_what_its_sender_is_asked():
    said = explain("mejl.eml", INVITATION.encode(), Circumstances(address=LIST), Seen())
    event = {
        "title": "Fältvandring", "start": "2026-10-20", "end": None, "date_precision": "day", "status": "moved",
        "place": "Norrby gård", "online_url": "https://meet.example.se/1", "registration_url": "https://anmal.example.se/7",
        "registration_email": None, "registration_deadline": "2026-10-12T12:00:00+02:00", "needs_confirmation": True,
        "uncertain": {"doubt": "weekday", "said": "torsdag 20 oktober", "choices": ["2026-10-20", "2026-10-22"]},
    }  # fmt: skip
    said |= {
        "intent": "update",
        "events": [event],
        "forwarded_from": {"name": "Eva", "address": "eva@vreta.se"},
        "tips": [{"title": "Utlysning", "url": "https://tips.example.se/2", "deadline": "2026-11-01"}],
        "links": ["https://anmal.example.se/7", "https://mer.example.se"],
    }
    swedish, english = (summary(said, Texts(language)) for language in ("sv", "en"))
    year = datetime.now(UTC).year
    for line in (
        "  Ändrar det som har delats förut",
        "  Skrivet först av: Eva <eva@vreta.se>",
        "  Händelse: Fältvandring",
        "  Var: Norrby gård, https://meet.example.se/1",
        "  Anmälan: https://anmal.example.se/7",
        "  Länk: https://mer.example.se",
    ):
        assert line in swedish.splitlines()
    assert ("  När: tis 20 okt (flyttat)" if year == 2026 else "  När: tis 20 okt 2026 (flyttat)") in swedish
    assert "  Avsändaren får frågan: Du skrev" in swedish
    assert "  Sista anmälningsdag: mån 12 okt" in swedish
    assert "  Tips: Utlysning https://tips.example.se/2 (sista dag sön 1 nov" in swedish
    assert "Länk: https://anmal" not in swedish
    assert "  Its sender is asked: You wrote" in english
    assert "  Last day to sign up: Mon 12 Oct" in english


def test_nothing_in_a_mail_commands_the_terminal(brygga):
    raw = "From: a@b.se\nSubject: Hej\x1b]0;ny titel\x07\nContent-Type: text/plain; charset=utf-8\n\nrad\x1b[2Jett\u202e två"
    done = brygga.run(brygga.mail("styr.eml", raw))
    assert done.returncode == 0
    assert not any(sign in done.stdout for sign in "\x1b\x07\u202e")
