"""From the settings to what logs in: the mailbox, the sending server and, where a password is not enough, OAuth."""

import asyncio
import json
import ssl
import time
from pathlib import Path
from urllib.parse import urlsplit

from bot.settings import LOOPBACK, OAuthSettings, Settings
from bridges.mail.servers import AccessToken, ImapServer, SmtpServer

#: Seconds for the sign-in server to answer.
SIGN_IN_SECONDS = 10
#: Seconds before its end when an access token counts as used up.
MARGIN_SECONDS = 60
#: What the two mail providers answer with is under 10 kB.
_ANSWER_BYTES = 64_000


class SignInError(ConnectionError):
    """The OAuth sign-in server gave no access token. The message says what it answered and what to look at."""


def imap_server(settings: Settings) -> ImapServer:
    """The mailbox of [imap]. Ask only where that section is set."""
    if (imap := settings.imap) is None:
        raise ValueError("[imap] is not set")
    url = imap.server
    return ImapServer(
        host=url.host,
        port=url.port,
        tls=url.scheme == "imaps",
        user=url.user,
        password=imap.password.get_secret_value(),
        mailbox=url.path,
        ca_file=_in_folder(settings.tls.ca_file, settings.folder),
        token=_token(imap.oauth, settings),
    )


def smtp_server(settings: Settings) -> SmtpServer:
    """The server of [smtp]. Ask only where that section is set."""
    if (smtp := settings.smtp) is None:
        raise ValueError("[smtp] is not set")
    url = smtp.server
    return SmtpServer(
        host=url.host,
        port=url.port,
        security={"smtps": "tls", "smtp+starttls": "starttls"}.get(url.scheme, "none"),  # type: ignore[arg-type]
        user=url.user,
        password=smtp.password.get_secret_value(),
        ca_file=_in_folder(settings.tls.ca_file, settings.folder),
        token=_token(smtp.oauth, settings),
    )


class OAuthToken:
    """Fetches an access token (RFC 6749) and keeps it until shortly before its end; one request serves all who wait.

    With a refresh token it acts for the mailbox's owner (§6, Google's way); without one, for the application itself
    (§4.4, Microsoft 365's way).
    """

    def __init__(self, oauth: OAuthSettings, ca_file: Path | None = None) -> None:
        self._oauth = oauth
        self._ca_file = ca_file
        self._lock = asyncio.Lock()
        self._token = ""
        self._good_until = 0.0  # by the machine's uptime: a clock that is set does not disturb it

    async def __call__(self) -> str:
        """An access token that is good for another minute at least."""
        async with self._lock:
            if not self._token or time.monotonic() > self._good_until:
                self._token, seconds = await self._fetch()
                self._good_until = time.monotonic() + max(0, seconds - MARGIN_SECONDS)
            return self._token

    async def _fetch(self) -> tuple[str, float]:
        import aiohttp  # noqa: PLC0415  only where OAuth is used

        where = urlsplit(self._oauth.token_url)
        if where.scheme != "https" and where.hostname not in LOOPBACK:
            raise SignInError("oauth token_url must begin with https://")
        timeout = aiohttp.ClientTimeout(total=SIGN_IN_SECONDS)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout, trust_env=where.scheme == "https") as session,
                session.post(
                    self._oauth.token_url, data=self._form(), allow_redirects=False, ssl=tls_context(self._ca_file)
                ) as response,
            ):
                raw = await response.content.read(_ANSWER_BYTES)
                return _read_answer(raw, response.status, where.hostname or "")
        except (aiohttp.ClientError, aiohttp.InvalidURL, TimeoutError) as error:
            why = str(error) or "no answer"
            raise SignInError(f"the sign-in server {where.hostname} cannot be reached: {why}") from error

    def _form(self) -> dict[str, str]:
        oauth = self._oauth
        form = {"client_id": oauth.client_id}
        if oauth.client_secret:
            form["client_secret"] = oauth.client_secret.get_secret_value()
        if oauth.scope:
            form["scope"] = oauth.scope
        if oauth.refresh_token:
            return form | {"grant_type": "refresh_token", "refresh_token": oauth.refresh_token.get_secret_value()}
        return form | {"grant_type": "client_credentials"}


def _read_answer(raw: bytes, status: int, host: str) -> tuple[str, float]:
    """The access token and its seconds (RFC 6749 §5.1), or the refusal in one line (§5.2)."""
    try:
        answer = json.loads(raw)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise SignInError(f"{host} answered {status} and no JSON: is token_url right?")
    token = answer.get("access_token")
    if status == 200 and isinstance(token, str) and token:
        try:
            return token, float(answer.get("expires_in", 300))
        except (TypeError, ValueError):
            return token, 300.0
    words = " ".join(str(answer.get(key, "")) for key in ("error", "error_description")).split()
    raise SignInError(f"{host} refused to sign in ({status}): {' '.join(words)[:300] or 'no reason given'}")


def _token(oauth: OAuthSettings | None, settings: Settings) -> AccessToken | None:
    return OAuthToken(oauth, _in_folder(settings.tls.ca_file, settings.folder)) if oauth else None


def tls_context(ca_file: Path | None) -> ssl.SSLContext:
    """The system's certificate authorities, and those of [tls] ca_file besides."""
    context = ssl.create_default_context()
    if ca_file:
        context.load_verify_locations(ca_file)
    return context


def _in_folder(path: Path | None, folder: Path) -> Path | None:
    """A path in the settings counts from the settings file's folder."""
    return None if path is None else folder / path
