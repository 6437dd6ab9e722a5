"""`brygga check` against providers that do it right, providers that do not, and servers that are not there."""

import asyncio
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.clock import system_clock
from bot.diagnosis.findings import Finding, Inquiry, Mark, Patience, Report
from bot.diagnosis.tour import check_everything
from bot.settings import Settings
from bridges.standins.mailroom_imap import MailroomImap
from bridges.texts import Texts
from storage.database import Database
from storage.migrate import upgrade
from tests.fixtures.dns import NameServer
from tests.fixtures.postoffice import LIST, PASSWORD, PostOffice
from tests.fixtures.require import missing

KEY = "en nyckel som är lång nog för alla"


def settings(office: PostOffice, folder: Path, **parts: object) -> Settings:
    """What a careful coordinator has written for this provider."""
    values: dict[str, object] = {
        "network": {"public_url": "https://lista.example.se", "secret_key": KEY},
        "list": {"address": LIST, "trusted_authserv": "mx.lista.example.se"},
        "imap": {"url": f"imap://{LIST}@127.0.0.1:{office.room.port}", "password": PASSWORD},
        "smtp": {"url": f"smtp://{LIST}@127.0.0.1:{office.port}", "password": PASSWORD},
    }
    for name, changed in parts.items():
        old = values.get(name)
        values[name] = old | changed if isinstance(old, dict) and isinstance(changed, dict) else changed
    return Settings(**{k: v for k, v in values.items() if v is not None}, folder=folder)  # type: ignore[arg-type]


class Answers:
    """What the check said, by the name of each line."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.all = findings
        self.by_name = {finding.check: finding for finding in findings}

    def __getitem__(self, name: str) -> Finding:
        assert name in self.by_name, f"{name} is not among {sorted(self.by_name)}"
        return self.by_name[name]

    def __contains__(self, name: str) -> bool:
        return name in self.by_name

    def names(self, mark: Mark) -> set[str]:
        return {finding.check for finding in self.all if finding.mark is mark}


async def check(wanted: Settings, names: NameServer | None = None, **changed: object) -> Answers:
    report = Report()
    path = wanted.folder / "brygga.toml"
    if not path.exists():
        path.touch(0o600)
    inquiry = Inquiry(
        settings=wanted,
        path=path,
        t=Texts("en"),
        now=changed.pop("now", system_clock),  # type: ignore[arg-type]
        report=report,
        patience=Patience(float(changed.pop("answer", 2)), float(changed.pop("letter", 5)), dns=0.3),  # type: ignore[arg-type]
        dns_server=names.address if names else ("127.0.0.1", unused_port()),
        **changed,  # type: ignore[arg-type]
    )
    await check_everything(inquiry)
    return Answers(tuple(report.findings))


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def listening(talk: Callable[[asyncio.StreamReader, asyncio.StreamWriter], object]) -> AsyncIterator[int]:
    """A server that does what it is told; gone, with its connections, at the end."""
    tasks: set[asyncio.Task[object]] = set()

    async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        tasks.add(task)
        try:
            await talk(reader, writer)  # type: ignore[misc]
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(visit, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


# -- all is well ----------------------------------------------------------------------------------------------------


async def test_a_good_provider_and_domain_leave_nothing_to_do(tmp_path):
    async with PostOffice() as office, NameServer() as names:
        wanted = settings(office, tmp_path)
        database = Database(wanted.database.url, tmp_path)
        await upgrade(database)
        await database.close()
        said = await check(wanted, names)
    assert said.names(Mark.BAD) == set()
    assert said.names(Mark.DOUBT) == {"database.people"}  # nobody has been added yet
    assert "mx.lista.example.se" in said["dns.mx"].says
    assert "quarantine" in said["dns.dmarc"].says
    for name in ("letter.subaddress", "letter.envelope", "letter.null_sender", "letter.authserv", "letter.dkim"):
        assert said[name].mark is Mark.GOOD
    assert ("brygga1._domainkey.lista.example.se.", "TXT") in names.asked
    assert said["clock.mail"].mark is Mark.GOOD


async def test_the_letters_are_marked_read_and_say_whose_they_are(tmp_path):
    async with PostOffice() as office, NameServer() as names:
        await check(settings(office, tmp_path), names)
        mails = await office.room.mails(LIST)
    assert len(mails) == 3
    assert all(mail.seen for mail in mails)
    for mail in mails:
        assert b"X-Loop: kluster@lista.example.se\r\n" in mail.raw  # a running Brygga sets it aside
        assert b"Auto-Submitted: auto-generated\r\n" in mail.raw  # and nobody's holiday reply answers it
    senders = [envelope.mail_from for envelope in office.taken]
    assert senders[0].startswith("kluster+bounce-check")
    assert senders[1:] == ["<>", LIST]


async def test_mail_that_was_there_before_is_left_alone(tmp_path):
    async with PostOffice() as office, NameServer() as names:
        await office.room.deliver(LIST, b"Subject: gammalt\r\n\r\nhej\r\n")
        said = await check(settings(office, tmp_path), names)
        old = (await office.room.mails(LIST))[0]
    assert not old.seen
    assert said["letter.subaddress"].mark is Mark.GOOD


async def test_no_letter_sends_none(tmp_path):
    async with PostOffice() as office, NameServer() as names:
        said = await check(settings(office, tmp_path), names, send_letter=False)
        assert office.taken == []
    assert not any(finding.check.startswith("letter.") for finding in said.all)
    assert said["dns.dkim"].mark is Mark.DOUBT  # nothing was seen to look up


# -- providers that do it otherwise ---------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["refuse", "lose"])
async def test_without_subaddresses_it_says_what_does_not_work_and_what_to_turn_on(tmp_path, way):
    async with PostOffice(subaddresses=way) as office, NameServer() as names:
        said = await check(settings(office, tmp_path), names, letter=1)
    finding = said["letter.subaddress"]
    assert finding.mark is Mark.BAD
    assert "kluster+help@lista.example.se" in finding.says
    assert ("550 5.1.1" in finding.says) == (way == "refuse")
    assert "plus addressing" in finding.do


async def test_a_provider_that_refuses_foreign_senders_wants_plain(tmp_path):
    async with PostOffice(foreign_senders="refuse", null_sender="refuse") as office, NameServer() as names:
        said = await check(settings(office, tmp_path), names)
        plain = await check(settings(office, tmp_path, smtp={"envelope": "plain"}), names)
    assert said["letter.envelope"].mark is Mark.BAD
    assert "5.7.60" in said["letter.envelope"].says
    assert said["letter.envelope"].do == 'Set [smtp] envelope = "plain"'
    assert said["letter.subaddress"].mark is Mark.GOOD  # a usual sender got through to one
    assert plain["letter.envelope"].mark is Mark.GOOD
    assert plain.names(Mark.BAD) == set()


async def test_a_provider_that_rewrites_senders_is_found_out(tmp_path):
    async with PostOffice(foreign_senders="rewrite") as office, NameServer() as names:
        said = await check(settings(office, tmp_path), names)
    assert said["letter.envelope"].mark is Mark.DOUBT
    assert LIST in said["letter.envelope"].says
    assert said["letter.envelope"].do == 'Set [smtp] envelope = "plain"'


async def test_a_refused_null_sender_is_told(tmp_path):
    async with PostOffice(null_sender="refuse") as office, NameServer() as names:
        said = await check(settings(office, tmp_path), names)
    assert said["letter.null_sender"].mark is Mark.DOUBT
    assert "5.1.8" in said["letter.null_sender"].says
    assert said["letter.envelope"].mark is Mark.GOOD


async def test_a_mailbox_without_return_path_proves_nothing(tmp_path):
    async with PostOffice(return_path=False) as office, NameServer() as names:
        said = await check(settings(office, tmp_path), names)
    assert said["letter.envelope"].mark is Mark.DOUBT
    assert said["letter.envelope"].do == ""


@pytest.mark.parametrize(
    ("written", "real", "mark", "cure"),
    [
        ("", "mx.lista.example.se", Mark.DOUBT, 'Set [list] trusted_authserv = "mx.lista.example.se"'),
        ("", "exchange", Mark.DOUBT, 'Set [list] trusted_authserv = "exchange"'),
        ("exchange", "exchange", Mark.GOOD, ""),
        ("mx.old.se", "mx.new.se", Mark.DOUBT, 'Set [list] trusted_authserv = "mx.new.se"'),
        ("mx.old.se", "", Mark.GOOD, ""),  # the letter never left the server: nothing is known against it
    ],
)
async def test_the_name_of_the_server_that_vouches_is_read_from_the_letter(tmp_path, written, real, mark, cure):
    async with PostOffice(authserv=real) as office, NameServer() as names:
        said = await check(settings(office, tmp_path, list={"trusted_authserv": written}), names)
    assert (said["letter.authserv"].mark, said["letter.authserv"].do) == (mark, cure)


@pytest.mark.parametrize(
    ("signer", "covers", "says"),
    [
        ("", "", "not signed"),
        ("provider.example.net", "List-Unsubscribe", "signed by provider.example.net, not by lista.example.se"),
        ("lista.example.se", "List-Unsubscribe", "leaves out list-unsubscribe-post"),
    ],
)
async def test_a_signature_that_helps_nobody_is_told(tmp_path, signer, covers, says):
    async with PostOffice(signer=signer, covers=covers) as office, NameServer() as names:
        said = await check(settings(office, tmp_path), names)
    assert said["letter.dkim"].mark is Mark.DOUBT
    assert says in said["letter.dkim"].says


async def test_nobody_may_send(tmp_path):
    async with PostOffice(everything="refuse") as office, NameServer() as names:
        said = await check(settings(office, tmp_path), names)
    assert said["letter.sent"].mark is Mark.BAD
    assert "550 5.7.1" in said["letter.sent"].says


async def test_letters_that_never_come_end_the_wait(tmp_path):
    async with PostOffice(everything="lose") as office, NameServer() as names:
        began = time.monotonic()
        said = await check(settings(office, tmp_path), names, letter=0.5)
    assert time.monotonic() - began < 5
    assert said["letter.arrived"].mark is Mark.BAD
    assert "spam" in said["letter.arrived"].do
    assert "clock.time" in said  # and the rest was looked at


async def test_a_server_for_small_letters_is_told(tmp_path):
    async with PostOffice(size=5_000_000) as office, NameServer() as names:
        said = await check(settings(office, tmp_path), names)
    assert said["smtp.size"].mark is Mark.DOUBT
    assert said["smtp.size"].do == "Set [limits] attachment_mb = 2"


# -- servers that are not there, or not what they should be ---------------------------------------------------------


async def test_wrong_passwords_are_told_for_each_server(tmp_path):
    async with PostOffice() as office, NameServer() as names:
        said = await check(settings(office, tmp_path, imap={"password": "fel"}, smtp={"password": "fel"}), names)
    assert said["imap.login"].mark is Mark.BAD
    assert "[imap] password" in said["imap.login"].do
    assert said["smtp.login"].mark is Mark.BAD
    assert "535" in said["smtp.login"].says
    assert "[smtp] password" in said["smtp.login"].do
    assert said["letter.sent"].mark is Mark.DOUBT  # not tried


async def test_a_mail_folder_that_is_not_there(tmp_path):
    async with PostOffice() as office, NameServer() as names:
        url = f"imap://{LIST}@127.0.0.1:{office.room.port}/Förslag"
        said = await check(settings(office, tmp_path, imap={"url": url}), names)
    assert said["imap.mailbox"].mark is Mark.BAD
    assert "Förslag" in said["imap.mailbox"].says


async def test_servers_that_take_no_connections(tmp_path):
    async with PostOffice() as office, NameServer() as names:
        wanted = settings(
            office,
            tmp_path,
            imap={"url": f"imap://a@127.0.0.1:{unused_port()}"},
            smtp={"url": f"smtp://a@127.0.0.1:{unused_port()}"},
        )
        said = await check(wanted, names)
    for name in ("imap.connect", "smtp.connect"):
        assert said[name].mark is Mark.BAD
        assert "takes no connections" in said[name].says
    assert said["dns.mx"].mark is Mark.GOOD  # the rest was looked at


async def test_servers_that_say_nothing_do_not_hold_us(tmp_path):
    async with (
        listening(silence) as imap,
        listening(silence) as smtp,
        NameServer(silent=True) as names,
        PostOffice() as office,
    ):
        wanted = settings(
            office,
            tmp_path,
            imap={"url": f"imap://a@127.0.0.1:{imap}"},
            smtp={"url": f"smtp://a@127.0.0.1:{smtp}"},
        )
        began = time.monotonic()
        said = await check(wanted, names, answer=0.5)
    assert time.monotonic() - began < 10
    for name in ("imap.connect", "smtp.connect"):
        assert said[name].mark is Mark.BAD
        assert "within 0.5 seconds" in said[name].says
    assert said["dns.mx"].mark is Mark.DOUBT
    assert "--dns-server" in said["dns.mx"].do


async def test_a_server_that_hangs_up_after_its_greeting(tmp_path):
    async def brusque(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK hej\r\n")
        await writer.drain()

    async with listening(brusque) as port, PostOffice() as office:
        said = await check(settings(office, tmp_path, imap={"url": f"imap://a@127.0.0.1:{port}"}), answer=0.2)
    assert {"imap.login", "imap.time"} & said.names(Mark.BAD)


async def test_something_else_on_the_port(tmp_path):
    async with PostOffice() as office:
        wanted = settings(office, tmp_path, imap={"url": f"imap://a@127.0.0.1:{office.port}"})
        said = await check(wanted, letter=1)
    assert said["imap.connect"].mark is Mark.BAD
    assert "220 post.lista.example.se" in said["imap.connect"].says


async def test_no_starttls_where_it_is_asked_for(tmp_path):
    async with PostOffice() as office:
        wanted = settings(office, tmp_path, smtp={"url": f"smtp+starttls://{LIST}@127.0.0.1:{office.port}"})
        said = await check(wanted)
    assert said["smtp.connect"].mark is Mark.BAD
    assert "no STARTTLS" in said["smtp.connect"].says


async def test_plain_text_where_tls_is_asked_for(tmp_path):
    async with PostOffice() as office:
        wanted = settings(office, tmp_path, imap={"url": f"imaps://{LIST}@127.0.0.1:{office.room.port}"})
        said = await check(wanted)
    assert said["imap.connect"].mark is Mark.BAD
    assert "993" in said["imap.connect"].do


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> Path:
    """A certificate for 127.0.0.1 that nobody vouches for, good for 5 days."""
    if shutil.which("openssl") is None:
        missing("openssl", "apt-get install openssl")
    folder = tmp_path_factory.mktemp("tls")
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-days", "5", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    command += ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run(command, check=True, capture_output=True)
    return folder


async def test_a_certificate_is_believed_only_by_ca_file_and_its_end_is_told(tmp_path, certificate):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    async with PostOffice(tls=context) as office, NameServer() as names:
        smtp = {"url": f"smtp+starttls://{LIST}@127.0.0.1:{office.port}"}
        stranger = await check(settings(office, tmp_path, smtp=smtp), names)
        ca_file = {"ca_file": certificate / "cert.pem"}
        known = await check(settings(office, tmp_path, smtp=smtp, tls=ca_file), names)
    assert stranger["smtp.connect"].mark is Mark.BAD
    assert "not trusted" in stranger["smtp.connect"].says
    assert known["smtp.connect"].mark is Mark.GOOD
    assert known["smtp.tls"].mark is Mark.DOUBT
    assert "ends on" in known["smtp.tls"].says
    assert known["letter.envelope"].mark is Mark.GOOD


# -- the settings themselves ----------------------------------------------------------------------------------------


async def test_settings_that_will_surprise_later(tmp_path):
    wanted = Settings(folder=tmp_path, smtp={"url": "smtp+starttls://a@smtp.office365.com"}, imap=None)  # type: ignore[arg-type]
    (tmp_path / "brygga.toml").touch(0o644)
    report = Report()
    inquiry = Inquiry(settings=wanted, path=tmp_path / "brygga.toml", t=Texts("en"), now=system_clock, report=report)
    from bot.diagnosis import settings as step

    await step.look(inquiry)
    said = Answers(tuple(report.findings))
    assert said.names(Mark.BAD) == {"settings.address"}
    assert said.names(Mark.DOUBT) == {
        "settings.private",
        "settings.imap",
        "settings.secret_key",
        "settings.public_url",
        "settings.microsoft",
    }
    assert f"chmod 600 {tmp_path / 'brygga.toml'}" in said["settings.private"].do


async def test_nothing_at_all_is_set(tmp_path):
    report = Report()
    inquiry = Inquiry(
        settings=Settings(folder=tmp_path),
        path=tmp_path / "brygga.toml",
        t=Texts("sv"),
        now=system_clock,
        report=report,
    )
    await check_everything(inquiry)
    said = Answers(tuple(report.findings))
    assert {"settings.file", "settings.parts"} <= said.names(Mark.BAD)
    assert said["settings.file"].do == "Kör: brygga init"


# -- the database and the clock -------------------------------------------------------------------------------------


async def looked_at(wanted: Settings, now: Callable[[], datetime] = system_clock) -> Answers:
    from bot.diagnosis import clock, database

    report = Report()
    inquiry = Inquiry(settings=wanted, path=wanted.folder / "brygga.toml", t=Texts("en"), now=now, report=report)
    await database.look(inquiry)
    await clock.look(inquiry)
    return Answers(tuple(report.findings))


async def test_looking_makes_no_database(tmp_path):
    said = await looked_at(Settings(folder=tmp_path))
    assert said["database.tables"].do == "Run: brygga db upgrade"
    assert said["database.tables"].mark is Mark.DOUBT
    assert list(tmp_path.iterdir()) == []


async def test_a_file_that_is_no_database(tmp_path):
    (tmp_path / "brygga.db").write_text("Det här är inte en databas, " * 100)
    said = await looked_at(Settings(folder=tmp_path))
    assert said["database.tables"].mark is Mark.BAD
    assert "not a SQLite database" in said["database.tables"].says


async def test_a_database_url_nobody_knows(tmp_path):
    said = await looked_at(Settings(folder=tmp_path, database={"url": "mysql://a@b/c"}))  # type: ignore[arg-type]
    assert said["database.url"].mark is Mark.BAD


async def test_a_database_server_that_is_not_there_is_told_without_its_password(tmp_path):
    url = f"postgresql://brygga:hemligt@127.0.0.1:{unused_port()}/brygga"
    said = await looked_at(Settings(folder=tmp_path, database={"url": url}))  # type: ignore[arg-type]
    assert said["database.reached"].mark is Mark.BAD
    assert "hemligt" not in "".join(finding.says for finding in said.all)


async def test_a_folder_that_is_not_there(tmp_path):
    said = await looked_at(Settings(folder=tmp_path, database={"url": "sqlite:///data/brygga.db"}))  # type: ignore[arg-type]
    assert said["database.folder"].mark is Mark.BAD
    assert str(tmp_path / "data") in said["database.folder"].says
    assert list(tmp_path.iterdir()) == []


async def test_a_clock_that_differs_from_the_mail_servers(tmp_path):
    async with PostOffice(clock_off=timedelta(hours=-2)) as office, NameServer() as names:
        said = await check(settings(office, tmp_path), names)
    assert said["clock.mail"].mark is Mark.BAD
    assert "timedatectl" in said["clock.mail"].do


async def test_a_machine_that_believes_in_1970(tmp_path):
    said = await looked_at(Settings(folder=tmp_path), now=lambda: datetime(1970, 1, 1, 0, 5, tzinfo=UTC))
    assert said["clock.time"].mark is Mark.BAD


# -- the domain -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kind", "rows", "check_name", "mark", "says"),
    [
        ("lista.example.se.", "MX", ["0 ."], "dns.mx", Mark.BAD, "null MX"),
        ("lista.example.se.", "MX", [], "dns.mx", Mark.BAD, "nobody can mail it"),
        ("lista.example.se.", "TXT", ['"v=spf1 +all"'], "dns.spf", Mark.DOUBT, "lets everybody send"),
        ("lista.example.se.", "TXT", ['"v=spf1 a"'], "dns.spf", Mark.DOUBT, "does not end"),
        ("lista.example.se.", "TXT", ['"v=spf1 -all"', '"v=spf1 ~all"'], "dns.spf", Mark.DOUBT, "2 SPF records"),
        ("lista.example.se.", "TXT", ['"v=spf10 x"'], "dns.spf", Mark.DOUBT, "no SPF record"),
        ("lista.example.se.", "TXT", ['"v=spf1 redirect=_spf.example.net"'], "dns.spf", Mark.GOOD, "who may send"),
        ("_dmarc.lista.example.se.", "TXT", [], "dns.dmarc", Mark.DOUBT, "no DMARC"),
        ("_dmarc.lista.example.se.", "TXT", ['"v=DMARC1; p=none"'] * 1 + ['"v=DMARC1; p=reject"'], "dns.dmarc",
         Mark.DOUBT, "2 DMARC records"),
        ("brygga1._domainkey.lista.example.se.", "TXT", ['"v=DKIM1; p="'], "dns.dkim", Mark.DOUBT, "not published"),
    ],
)  # fmt: skip
async def test_what_the_domain_should_say_and_does_not(tmp_path, name, kind, rows, check_name, mark, says):
    async with PostOffice() as office, NameServer() as names:
        names.records[name, kind] = rows
        said = await check(settings(office, tmp_path), names)
    assert said[check_name].mark is mark
    assert says in said[check_name].says


async def test_a_domain_above_may_speak_for_it(tmp_path):
    async with PostOffice() as office, NameServer() as names:
        del names.records["_dmarc.lista.example.se.", "TXT"]
        names.records["_dmarc.example.se.", "TXT"] = ['"v=DMARC1; p=none; sp=reject"']
        said = await check(settings(office, tmp_path), names)
    assert said["dns.dmarc"].says == "example.se has a DMARC policy: reject."


async def test_a_domain_that_does_not_exist(tmp_path):
    async with PostOffice() as office, NameServer(records={}) as names:
        said = await check(settings(office, tmp_path), names, send_letter=False)
    assert said["dns.mx"].mark is Mark.BAD
    assert "no domain named" in said["dns.mx"].says


async def test_names_for_this_machine_alone_are_not_asked_about(tmp_path):
    async with MailroomImap() as room, NameServer() as names:
        wanted = Settings(
            folder=tmp_path,
            list={"address": "kluster@localhost"},  # type: ignore[arg-type]
            imap={"url": f"imap://a@127.0.0.1:{room.port}"},  # type: ignore[arg-type]
        )
        said = await check(wanted, names)
        assert names.asked == []
    assert said["dns.domain"].mark is Mark.DOUBT
