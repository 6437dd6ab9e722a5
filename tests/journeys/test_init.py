"""A coordinator's first ten minutes: `brygga init` at a terminal, and without one."""

import contextlib
import fcntl
import os
import pty
import re
import select
import stat
import subprocess
import sys
import termios
import time
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bot.first_settings import Answers, OAuthAnswers, imap_url, settings_text, smtp_url, write_private
from bot.providers import MICROSOFT, by_imap_host
from bot.settings import load_settings
from bridges.texts import Texts

ROOT = Path(__file__).parents[2]


def environment(**more: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("BRYGGA_", "LC_", "LANG"))}
    return kept | {"PYTHONPATH": str(ROOT), "LANG": "sv_SE.UTF-8", "PYTHONUTF8": "1", "TERM": "dumb"} | more


def brygga(folder: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bot.cli", *words]
    return subprocess.run(
        command,
        check=False,
        cwd=folder,
        env=environment(**more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
    )


class Terminal:
    """A person at a real terminal: reads until a question stands there, and types an answer."""

    def __init__(self, folder: Path, *words: str, **more: str) -> None:
        self._ours, theirs = pty.openpty()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bot.cli", *words],
            cwd=folder,
            env=environment(**more),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            # Passwords are read from /dev/tty, which must be this terminal. This process has no threads that mind.
            preexec_fn=lambda: fcntl.ioctl(theirs, termios.TIOCSCTTY, 0),  # noqa: PLW1509
        )
        os.close(theirs)
        self.seen = ""
        self._new = ""

    def answer(self, question: str, typed: str) -> None:
        self.read_until(question)
        os.write(self._ours, f"{typed}\n".encode())

    def read_until(self, words: str) -> None:
        deadline = time.monotonic() + 20
        while words not in self._new:
            assert time.monotonic() < deadline, f"{words!r} never came; there stands:\n{self.seen}"
            if not self._read():
                raise AssertionError(f"it ended before {words!r}:\n{self.seen}")
        self._new = self._new.partition(words)[2]

    def interrupt(self) -> None:
        """Press ^C, and again as a person would: just as a question is asked, Python may not notice the first."""
        while self._process.poll() is None:
            os.write(self._ours, b"\x03")
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(1)

    def end(self) -> int:
        while self._read():
            pass
        os.close(self._ours)
        return self._process.wait(timeout=20)

    def _read(self) -> bool:
        ready, _, _ = select.select([self._ours], [], [], 20)
        try:
            piece = os.read(self._ours, 65_536).decode() if ready else ""
        except OSError:  # the other side is gone
            piece = ""
        self.seen += piece
        self._new += piece
        return bool(piece)


def test_a_coordinator_answers_in_swedish_and_most_answers_are_enter(tmp_path):
    terminal = Terminal(tmp_path, "init")
    terminal.answer("Nätverkets namn [Nätverket]: ", "Gröna kluster")
    terminal.answer("[sv]: ", "")
    terminal.answer("kluster@lista.example.se: ", "kluster+alla@lista.example.se")
    terminal.read_until("utan +")  # one clear sentence, and the question again
    terminal.answer("kluster@lista.example.se: ", "Kluster@Lista.Example.se")
    terminal.answer("[https://lista.example.se]: ", "")
    terminal.answer("imap.example.se: ", "imaps://imap.example.se")
    terminal.read_until("en servers namn")
    terminal.answer("imap.example.se: ", "imap.example.se")
    terminal.answer("[kluster@lista.example.se]: ", "")
    terminal.answer("Lösenord: ", "hemligt & hårt")
    terminal.answer("[smtp.example.se]: ", "")
    terminal.answer("[kluster@lista.example.se]: ", "")
    terminal.answer("Enter: samma): ", "")
    terminal.answer("[sqlite:///brygga.db]: ", "")
    terminal.answer("administratören: ", "anna")
    terminal.read_until("Skriv en mejladress")
    terminal.answer("administratören: ", "anna.ek@example.se")
    terminal.answer("Ditt namn [Anna Ek]: ", "")
    assert terminal.end() == 0, terminal.seen

    assert "hemligt" not in terminal.seen  # passwords are not shown
    assert "brygga check" in terminal.seen
    assert "brygga members add anna.ek@example.se --name 'Anna Ek' --role admin" in terminal.seen
    written = tmp_path / "brygga.toml"
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    settings = load_settings(written)
    assert settings.network.name == "Gröna kluster"
    assert settings.list.address == "kluster@lista.example.se"
    assert settings.imap.password.get_secret_value() == "hemligt & hårt"
    assert settings.smtp.url == "smtp+starttls://kluster@lista.example.se@smtp.example.se"
    assert settings.smtp.password.get_secret_value() == "hemligt & hårt"
    assert len(settings.network.secret_key.get_secret_value()) >= 40
    assert list(tmp_path.iterdir()) == [written]  # no draft is left behind


def test_english_is_spoken_when_asked_for_and_ctrl_c_writes_nothing(tmp_path):
    terminal = Terminal(tmp_path, "init", "--lang", "en")
    terminal.read_until("The network's name")
    terminal.interrupt()
    assert terminal.end() == 1
    assert "Stopped; nothing was written." in terminal.seen
    assert list(tmp_path.iterdir()) == []


def test_microsoft_365_is_asked_about_its_application_and_not_about_a_password(tmp_path):
    terminal = Terminal(tmp_path, "init", LANG="en_GB.UTF-8")
    for question, typed in [
        ("name [The network]: ", ""),
        ("[en]: ", "sv"),
        ("kluster@lista.example.se: ", "kluster@foreningen.onmicrosoft.com"),
        ("[https://foreningen.onmicrosoft.com]: ", "lista.foreningen.se"),
        ("[outlook.office365.com]: ", ""),
        ("User there [kluster@foreningen.onmicrosoft.com]: ", ""),
        ("Tenant id: ", "11111111-2222"),
        ("Client id: ", "33333333-4444"),
        ("Client secret: ", "s~e\\c"),
        ("[smtp.office365.com]: ", ""),
        ("[kluster@foreningen.onmicrosoft.com]: ", ""),
        ("[sqlite:///brygga.db]: ", ""),
        ("administrator: ", "bo@example.se"),
        ("Your name [Bo]: ", "Bo O'Ek"),
    ]:
        terminal.answer(question, typed)
    assert terminal.end() == 0, terminal.seen
    assert "Password" not in terminal.seen
    settings = load_settings(tmp_path / "brygga.toml")
    assert settings.network.public_url == "https://lista.foreningen.se"
    assert settings.imap.oauth.token_url == "https://login.microsoftonline.com/11111111-2222/oauth2/v2.0/token"
    assert settings.smtp.oauth.client_secret.get_secret_value() == "s~e\\c"
    assert (settings.smtp.connections, settings.smtp.per_minute, settings.smtp.envelope) == (3, 30, "plain")
    assert settings.list.trusted_authserv == "exchange"


def test_a_file_that_is_there_is_written_over_only_when_agreed_and_keeps_its_key(tmp_path):
    given = ["--address", "k@lista.example.se", "--imap-host", "imap.example.se", "--imap-password", "x"]
    assert brygga(tmp_path, "init", "--yes", *given).returncode == 0
    path = tmp_path / "brygga.toml"
    before = path.read_text()

    refused = brygga(tmp_path, "init", "--yes", *given)
    assert refused.returncode == 1
    assert "--force" in refused.stderr
    terminal = Terminal(tmp_path, "init")
    terminal.answer("Skriva över den? [j/N] ", "")
    assert terminal.end() == 1
    assert path.read_text() == before

    assert brygga(tmp_path, "init", "--yes", "--force", *given, "--name", "Ny").returncode == 0
    old, new = tomllib.loads(before)["network"], tomllib.loads(path.read_text())["network"]
    assert new["name"] == "Ny"
    assert new["secret_key"] == old["secret_key"]  # links in old letters live on


def test_without_a_terminal_all_that_is_missing_is_told_in_one_line(tmp_path):
    done = brygga(tmp_path, "init")
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == "Utan terminal behövs också: --address, --imap-host, --imap-password\n"
    wrong = brygga(tmp_path, "init", "--yes", "--address", "nej", "--imap-host", "a.se", "--imap-password", "x")
    assert wrong.returncode == 1
    assert re.fullmatch(r"--address: [^\n]+\n", wrong.stderr)
    assert list(tmp_path.iterdir()) == []


def test_answers_may_come_from_the_environment(tmp_path):
    done = brygga(
        tmp_path, "init", "--yes", "--imap-host", "mailcluster.loopia.se", "--config", "etc/brygga.toml",
        BRYGGA_LIST__ADDRESS="k@lista.example.se", BRYGGA_IMAP__PASSWORD="ett", BRYGGA_SMTP__PASSWORD="två",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    settings = load_settings(tmp_path / "etc/brygga.toml")
    assert settings.imap.url == "imaps://k@lista.example.se@mailcluster.loopia.se"
    assert settings.smtp.url == "smtp+starttls://k@lista.example.se@mailcluster.loopia.se"
    assert settings.smtp.password.get_secret_value() == "två"
    assert "--config etc/brygga.toml" in done.stdout


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path):
    (tmp_path / "fil").touch()
    given = ["--address", "k@lista.example.se", "--imap-host", "imap.example.se", "--imap-password", "x"]
    done = brygga(tmp_path, "init", "--yes", *given, "--config", "fil/brygga.toml")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "fil/brygga.toml" in done.stderr


typed = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1).filter(str.strip)


@hypothesis_settings(deadline=None)  # each writes a file and waits for the disk
@given(name=typed, password=typed, user=typed)
def test_whatever_is_typed_is_read_back_the_same(tmp_path_factory, name, password, user):
    answers = Answers(
        name=name,
        locale="sv",
        public_url="https://lista.example.se",
        address="k@lista.example.se",
        imap_url=imap_url("imap.example.se:1993", user),
        imap_password=password,
        smtp_url=smtp_url("smtp.example.se:465", user),
        smtp_password=password,
        database="sqlite:///brygga.db",
    )
    path = tmp_path_factory.mktemp("typed") / "brygga.toml"
    write_private(path, settings_text(Texts("sv"), answers))
    settings = load_settings(path)
    assert settings.network.name == name
    assert settings.imap.password.get_secret_value() == password
    assert settings.imap.server.user == user
    assert (settings.imap.server.host, settings.imap.server.port) == ("imap.example.se", 1993)
    assert settings.smtp.server.scheme == "smtps"


@pytest.mark.parametrize("lang", ["sv", "en"])
@pytest.mark.parametrize("oauth", [None, OAuthAnswers(tenant="t", client_id="c", client_secret="s")])
def test_the_file_for_microsoft_365_can_be_read_with_and_without_the_application(tmp_path, lang, oauth):
    answers = Answers(
        name="N", locale=lang, public_url="https://a.se", address="k@a.se",
        imap_url=imap_url(MICROSOFT.imap, "k@a.se"), imap_password="",
        smtp_url=smtp_url(MICROSOFT.smtp, "k@a.se"), smtp_password="",
        database="sqlite:///brygga.db", provider=by_imap_host("outlook.office365.com"), oauth=oauth,
    )  # fmt: skip
    path = tmp_path / "brygga.toml"
    path.write_text(settings_text(Texts(lang), answers), encoding="utf-8")
    settings = load_settings(path)
    assert (settings.imap.oauth is None) == (oauth is None)
    assert "[imap.oauth]" in path.read_text()  # to be filled in later


@pytest.mark.parametrize(
    ("host", "imap", "smtp"),
    [
        ("127.0.0.1:1143", "imap", "smtp"),
        ("localhost", "imap", "smtp"),
        ("imap.example.se", "imaps", "smtp+starttls"),
        ("example.se:465", "imaps", "smtps"),
    ],
)
def test_only_servers_on_this_machine_go_without_tls(host, imap, smtp):
    assert imap_url(host, "").startswith(f"{imap}://")
    assert smtp_url(host, "").startswith(f"{smtp}://")
