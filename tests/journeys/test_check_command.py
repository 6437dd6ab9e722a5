"""`brygga check` as a coordinator meets it: the whole program, its words and its exit code."""

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

from tests.fixtures.dns import NameServer
from tests.fixtures.postoffice import LIST, PASSWORD, PostOffice

ROOT = Path(__file__).parents[2]


async def brygga(folder: Path, *words: str) -> tuple[int, str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("BRYGGA_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.cli", *words,
        cwd=folder, env=kept | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    async with asyncio.timeout(60):
        out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


def write_settings(folder: Path, office: PostOffice, locale: str = "sv", password: str = PASSWORD) -> None:
    path = folder / "brygga.toml"
    path.write_text(
        f"""
        [network]
        locale = "{locale}"
        public_url = "https://lista.example.se"
        secret_key = "en nyckel som är lång nog för alla"
        [list]
        address = "{LIST}"
        trusted_authserv = "mx.lista.example.se"
        [imap]
        url = "imap://{LIST}@127.0.0.1:{office.room.port}"
        password = "{password}"
        [smtp]
        url = "smtp://{LIST}@127.0.0.1:{office.port}"
        password = "{PASSWORD}"
        """,
        encoding="utf-8",
    )
    path.chmod(0o600)


async def test_a_new_coordinator_reads_what_works_and_what_to_do_next(tmp_path):
    async with PostOffice() as office, NameServer() as names:
        write_settings(tmp_path, office)
        host, port = names.address
        code, out, err = await brygga(tmp_path, "check", "--dns-server", f"{host}:{port}")
    assert (code, err) == (0, "")
    assert "✗" not in out
    assert "  ✓ Underadresser som kluster+help@lista.example.se kommer fram.\n" in out
    assert "  ! Databasen" in out
    assert "    → Kör: brygga db upgrade\n" in out
    assert out.endswith("Det fungerar. 1 sak är värd att se över (!).\n")
    assert PASSWORD not in out
    assert not (tmp_path / "brygga.db").exists()


async def test_what_is_missing_is_said_in_english_and_exits_1(tmp_path):
    async with PostOffice() as office, NameServer() as names:
        write_settings(tmp_path, office, locale="en", password="fel")
        host, port = names.address
        code, out, _ = await brygga(tmp_path, "check", "--dns-server", f"{host}:{port}")
    assert code == 1
    assert "  ✗ The mailbox server does not let kluster@lista.example.se in: " in out
    assert "    → Look at the user in [imap] url, and at [imap] password.\n" in out
    assert out.endswith("1 thing is missing. Mend ✗ first, from the top.\n")


async def test_a_script_reads_one_object_a_line(tmp_path):
    async with PostOffice(subaddresses="refuse") as office, NameServer() as names:
        write_settings(tmp_path, office)
        host, port = names.address
        code, out, _ = await brygga(tmp_path, "check", "--json", "--dns-server", f"{host}:{port}")
    lines = [json.loads(line) for line in out.splitlines()]
    assert code == 1
    assert all(set(line) == {"check", "result", "says", "do"} for line in lines)
    results = {line["check"]: line["result"] for line in lines}
    assert results["imap.login"] == "ok"
    assert results["letter.subaddress"] == "missing"
    assert results["database.tables"] == "warning"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[imap]\nurl = 'http://x'\n", "[imap] url"),
        ("[list\n", "not valid TOML"),
        ("[smtp]\nurl = 'smtps://a@b'\nconections = 3\n", "[smtp] conections: there is no such key"),
    ],
)
async def test_settings_that_cannot_be_used_are_one_line_and_exit_1(tmp_path, text, says):
    (tmp_path / "brygga.toml").write_text(text)
    code, out, err = await brygga(tmp_path, "check")
    assert (code, out) == (1, "")
    assert len(err.splitlines()) == 1
    assert says in err


async def test_a_name_server_that_is_no_address_is_a_wrong_command_line(tmp_path):
    code, _, err = await brygga(tmp_path, "check", "--dns-server", "dns.example.se")
    assert code == 2
    assert "--dns-server" in err
