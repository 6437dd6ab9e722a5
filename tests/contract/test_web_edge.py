"""What holds for every page: its headers, its language, its limits, and that looking changes nothing."""

import asyncio
import base64
import hashlib
import logging
import re
import signal
from pathlib import Path

import pytest

from bot.web.render import accepted_language
from bot.web.serve import PortTaken, serve
from bridges.tokens import Purpose
from storage.database import Database
from storage.models import Event, Member
from storage.words import MemberStatus, Role
from tests.fixtures.web import Site, conversation, opened


async def all_pages(site: Site) -> dict[str, str]:
    """One address of each route, with the right token on it."""
    item, bo = await conversation(site)
    editor = await site.member("Eva Ed", role=Role.EDITOR)
    held = await site.held()
    key = site.token(Purpose.READ, item.id, bo.id)
    return {
        "front": "/",
        "healthz": "/healthz",
        "metrics": "/metrics",
        "robots": "/robots.txt",
        "item": f"/i/{item.id}?k={key}",
        "asking": f"/i/{item.id}",
        "file": f"/a/1/program.pdf?k={key}",
        "unsubscribe": f"/unsubscribe/{site.token(Purpose.LEAVE, bo.id)}",
        "undo": f"/undo/{site.token(Purpose.UNDO, item.id, item.author_id)}",
        "mute": f"/mute/{site.token(Purpose.MUTE, item.id, bo.id)}",
        "desk": f"/desk/{site.token(Purpose.DESK, held.id, editor.id, days=7)}",
        "missing": "/no/such/page",
    }


async def test_looking_changes_nothing(site_on_each: Site):
    """Mail programs, scanners and previews open every link there is."""
    site = site_on_each
    pages = await all_pages(site)
    before = await site.everything()
    for method in ("GET", "HEAD"):
        for name, path in pages.items():
            answer = await site.ask(method, path)
            assert answer.status == (404 if name == "missing" else 200), name
            if method == "HEAD":
                assert answer.body == b""
                assert answer.headers["Content-Length"] != "0"
    assert await site.everything() == before
    assert site.poked == []


async def test_every_answer_is_guarded(site: Site):
    for name, path in (await all_pages(site)).items():
        headers = (await site.get(path)).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, name
        assert "unsafe" not in policy
        assert "script" not in policy  # so: none at all
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert "noindex" in headers["X-Robots-Tag"]
        assert "Set-Cookie" not in headers
        assert "Server" not in headers


async def test_pages_are_whole_in_themselves_and_accessible_in_form(site: Site):
    for name, path in (await all_pages(site)).items():
        answer = await site.get(path)
        if not answer.headers["Content-Type"].startswith("text/html"):
            continue
        page = answer.text
        assert len(re.findall(r"<h1[ >]", page)) == 1, name
        assert '<html lang="sv">' in page
        assert '<meta name="viewport"' in page
        assert "<script" not in page
        assert not re.search(r'(src|srcset|action|formaction)="|@import|url\(|style="|\son\w+="', page), name
        assert re.findall(r"<link [^>]*>", page) == ['<link rel="icon" href="data:,">']


async def test_the_style_is_the_one_the_policy_knows(site: Site):
    answer = await site.get("/")
    style = re.search(r"<style>(.*?)</style>", answer.text, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in answer.headers["Content-Security-Policy"]


async def test_a_page_speaks_the_browsers_language_else_the_networks(site: Site):
    for wishes, title in (
        ("sv", "Sidan finns inte"),
        ("sv-FI,sv;q=0.9,en;q=0.8", "Sidan finns inte"),
        ("en-GB,en;q=0.9", "There is no such page"),
        ("de,en;q=0.5,sv;q=0.4", "There is no such page"),
        ("de", "Sidan finns inte"),
        ("", "Sidan finns inte"),
        (";;,q=x,\u00e5", "Sidan finns inte"),
    ):
        answer = await site.get("/nowhere", headers={"Accept-Language": wishes})
        assert (answer.status, title in answer.text) == (404, True), wishes


async def test_a_members_own_language_goes_before_the_browsers(site: Site):
    anna = await site.member(locale="en")
    link = f"/unsubscribe/{site.token(Purpose.LEAVE, anna.id)}"
    page = await site.get(link, headers={"Accept-Language": "sv"})
    assert '<html lang="en">' in page.text
    assert page.headers["Content-Language"] == "en"
    assert "Leave Nätverket?" in page.text


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("en;q=0", None),
        ("sv;q=0, en", "en"),
        ("*", None),
        ("EN-us", "en"),
        ("sv;q=0.1,en;q=0.2", "en"),
        ("x" * 9999, None),
    ],
)
def test_wishes_are_weighed(header: str, language: str | None):
    assert accepted_language(header) == language


async def test_wrong_methods_are_told_what_works(site: Site):
    anna = await site.member()
    for method in ("PUT", "DELETE", "OPTIONS"):
        answer = await site.ask(method, f"/unsubscribe/{site.token(Purpose.LEAVE, anna.id)}")
        assert (answer.status, "Det går inte att göra här" in answer.text) == (405, True)
        assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "POST"}
    assert (await site.post("/healthz")).status == 405
    assert (await site.fresh(Member, anna.id)).status is MemberStatus.ACTIVE


async def test_an_address_with_a_slash_too_many_is_not_sent_on(site: Site):
    anna = await site.member()
    answer = await site.post(f"/unsubscribe/{site.token(Purpose.LEAVE, anna.id)}/")
    assert answer.status == 404


async def test_a_body_that_is_too_large_is_refused_declared_or_not(site: Site):
    anna = await site.member()
    link = f"/unsubscribe/{site.token(Purpose.LEAVE, anna.id)}"

    async def endless():
        for _ in range(200):
            yield b"x" * 1024

    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for data in (b"a=" + b"x" * 70_000, endless()):
        answer = await site.post(link, data, headers=form)
        assert (answer.status, "Det är för mycket" in answer.text) == (413, True)
    assert (await site.fresh(Member, anna.id)).status is MemberStatus.ACTIVE
    assert (await site.post(link, b"a=" + b"x" * 60_000, headers=form)).status == 200


async def test_a_form_that_is_no_form_is_answered_not_feared(site: Site):
    anna = await site.member()
    link = f"/unsubscribe/{site.token(Purpose.LEAVE, anna.id)}"
    for kind, body in [
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=x", b"--y\r\nbroken"),
    ]:
        answer = await site.post(link, body, headers={"Content-Type": kind})
        assert (answer.status, "Det gick inte att förstå" in answer.text) == (400, True), kind
    assert (await site.fresh(Member, anna.id)).status is MemberStatus.ACTIVE


async def test_what_breaks_gives_a_page_and_one_line_without_secrets(site: Site, capfd: pytest.CaptureFixture[str]):
    item, bo = await conversation(site)
    key = site.token(Purpose.READ, item.id, bo.id)
    async with site.house.database.write() as session:  # what nobody foresaw: a row that makes no sense
        await session.execute(Event.__table__.update().values(start="not a time"))
    answer = await site.get(f"/i/{item.id}?k={key}")
    assert (answer.status, "Något gick sönder här" in answer.text) == (500, True)
    assert "Traceback" not in answer.text
    said = "".join(capfd.readouterr())
    assert "page.failed" in said
    assert key not in said
    assert "Traceback" not in said
    assert (await site.get("/")).status == 200


# -- serving --------------------------------------------------------------------------------------------------------


async def test_a_taken_port_is_one_clear_line(site: Site):
    with pytest.raises(PortTaken, match=rf"port {site.port} on 127\.0\.0\.1 is taken.*\[web\] port"):
        await serve(site.house, "127.0.0.1", site.port)


async def test_an_address_that_is_not_ours_is_one_clear_line(site: Site):
    with pytest.raises(PortTaken, match=r"cannot serve pages on 127\.0\.0\.1\.9.*\[web\] host"):
        await serve(site.house, "127.0.0.1.9", 0)


async def test_a_page_does_not_wait_for_the_network_to_be_polite(site: Site):
    """Nagle's algorithm against delayed acknowledgements costs 40 ms a page, each time."""
    clock = asyncio.get_running_loop().time
    took = []
    for _ in range(10):
        began = clock()
        await site.get("/robots.txt")
        took.append(clock() - began)
    assert min(took) < 0.03


async def test_stopping_takes_no_longer_than_an_answer_under_way(sqlite_database: Database, tmp_path: Path):
    async with opened(sqlite_database, tmp_path) as site:
        serving = asyncio.create_task(serve(site.house, "127.0.0.1", 0, (port := asyncio.Queue()).put_nowait))
        number = await port.get()
        idle, slow = [await asyncio.open_connection("127.0.0.1", number) for _ in range(2)]
        token = site.token(Purpose.LEAVE, 1)
        slow[1].write(f"POST /unsubscribe/{token} HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\nab".encode())
        await slow[1].drain()
        serving.cancel()
        began = asyncio.get_running_loop().time()
        with pytest.raises(asyncio.CancelledError):
            await serving
        assert asyncio.get_running_loop().time() - began < 4
        assert await asyncio.wait_for(idle[0].read(), 5) == b""
        await asyncio.wait_for(slow[0].read(), 5)
        with pytest.raises(OSError):
            await asyncio.open_connection("127.0.0.1", number)
        for _, writer in (idle, slow):
            writer.close()


async def test_signals_stay_the_houses(sqlite_database: Database, tmp_path: Path):
    def who_hears() -> list[object]:
        return [signal.getsignal(sign) for sign in (signal.SIGTERM, signal.SIGINT)]

    before = who_hears()
    async with opened(sqlite_database, tmp_path) as site:
        assert (await site.get("/")).status == 200
        assert who_hears() == before


async def test_no_path_is_logged(site: Site, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]):
    caplog.set_level(logging.DEBUG)
    anna = await site.member()
    token = site.token(Purpose.LEAVE, anna.id)
    await site.get(f"/unsubscribe/{token}")
    await site.get(f"/unsubscribe/{token[:-2]}")
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    writer.write(f"GET /unsubscribe/{token} HTTP/9.9\r\nbroken\r\n\r\n".encode())
    await reader.read()
    writer.close()
    ours = [record for record in caplog.records if record.name.split(".")[0] in ("uvicorn", "bot", "asyncio")]
    assert token[:-2] not in " ".join(record.getMessage() for record in ours)
    assert token[:-2] not in "".join(capfd.readouterr())
