"""Tokens instead of passwords: a real sign-in server on this machine, and ones that do not do as they should."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import parse_qsl

import pytest
from aiohttp import web

from bot.connections import OAuthToken, SignInError
from bot.settings import OAuthSettings


@dataclass
class SignIn:
    """Answers every question as told, and remembers what it was asked."""

    body: str = ""
    status: int = 200
    lifetime: object = 3600
    asked: list[dict[str, str]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/token", self._token)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{port}/token"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _token(self, request: web.Request) -> web.Response:
        self.asked.append(dict(parse_qsl(await request.text())))
        body = self.body or json.dumps({"access_token": f"token-{len(self.asked)}", "expires_in": self.lifetime})
        return web.Response(text=body, status=self.status, content_type="application/json", headers=self.headers)

    def settings(self, **more: str) -> OAuthSettings:
        return OAuthSettings(token_url=self.url, client_id="klient", **more)  # type: ignore[arg-type]


async def test_an_application_signs_in_as_itself():
    async with SignIn() as server:
        token = OAuthToken(server.settings(client_secret="h&m=lig", scope="https://outlook.office365.com/.default"))
        assert await token() == "token-1"
    assert server.asked == [
        {
            "grant_type": "client_credentials",
            "client_id": "klient",
            "client_secret": "h&m=lig",
            "scope": "https://outlook.office365.com/.default",
        }
    ]


async def test_a_refresh_token_acts_for_the_mailboxs_owner():
    async with SignIn() as server:
        assert await OAuthToken(server.settings(refresh_token="uppdatera"))() == "token-1"
    assert server.asked == [{"grant_type": "refresh_token", "client_id": "klient", "refresh_token": "uppdatera"}]


async def test_all_who_wait_are_served_by_one_question():
    async with SignIn() as server:
        token = OAuthToken(server.settings())
        assert set(await asyncio.gather(*(token() for _ in range(10)))) == {"token-1"}
        assert await token() == "token-1"
    assert len(server.asked) == 1


@pytest.mark.parametrize("lifetime", [60, "30", 0])
async def test_a_token_that_is_about_to_end_is_not_used_again(lifetime):
    async with SignIn(lifetime=lifetime) as server:
        token = OAuthToken(server.settings())
        assert [await token(), await token()] == ["token-1", "token-2"]


@pytest.mark.parametrize("lifetime", [None, "snart", []])
async def test_a_lifetime_that_is_none_is_taken_for_a_short_one(lifetime):
    async with SignIn(lifetime=lifetime) as server:
        assert await OAuthToken(server.settings())() == "token-1"


async def test_a_refusal_says_what_the_server_said_in_one_line():
    refusal = json.dumps({"error": "invalid_client", "error_description": "AADSTS7000222:\r\nThe secret is expired"})
    async with SignIn(status=401, body=refusal) as server:
        with pytest.raises(SignInError) as told:
            await OAuthToken(server.settings(client_secret="mycket-hemligt"))()
    assert "invalid_client AADSTS7000222: The secret is expired" in str(told.value)
    assert "\n" not in str(told.value)
    assert "mycket-hemligt" not in str(told.value)


@pytest.mark.parametrize("body", ["<html>hej</html>", "[]", "null", '{"access_token": 5}', '{"access_token": ""}'])
async def test_an_answer_that_is_no_token_is_told(body):
    async with SignIn(body=body) as server:
        with pytest.raises(SignInError, match=r"127\.0\.0\.1"):
            await OAuthToken(server.settings())()


async def test_the_secret_follows_no_redirect():
    async with SignIn() as other, SignIn(status=307) as server:
        server.headers["Location"] = other.url
        with pytest.raises(SignInError):
            await OAuthToken(server.settings(client_secret="hemligt"))()
        assert other.asked == []


async def test_a_server_that_is_not_there_is_an_outage_that_passes():
    async with SignIn() as server:
        token = OAuthToken(server.settings())
    with pytest.raises(SignInError, match="cannot be reached") as told:
        await token()
    assert isinstance(told.value, ConnectionError)  # waiting helps


async def test_secrets_never_leave_this_machine_in_the_clear():
    oauth = OAuthSettings(token_url="http://login.example.se/token", client_id="k")
    with pytest.raises(SignInError, match="https://"):
        await OAuthToken(oauth)()
