"""What people forward or quote lends nobody their power to leave, undo, read or decide: our signed links and addresses go."""

import email
import email.policy
import html
import re
from dataclasses import replace
from email.message import Message
from urllib.parse import unquote, urlsplit

from bridges.mail.addresses import TOKENS
from bridges.mail.parse import MailFile

#: Wrapped at most so often: a link service in a link service in a link service.
_WRAPPINGS = 4
_URL = re.compile(r"(?:https?://|mailto:)[^\s<>()\"'\[\]\\^`{|}]+", re.IGNORECASE)
_MAILS = ("message/rfc822", "message/global")


class Powers:
    """Knows our own links and token addresses, bare or wrapped by others."""

    def __init__(self, public_url: str, list_address: str) -> None:
        self._public_url, self._list_address = public_url, list_address
        parts = urlsplit(public_url)
        site = re.escape(f"{parts.netloc}{parts.path}")
        signed = "[a-z2-7]{16,}"
        pages = (
            rf"(?:https?://)?{site}/(?:unsubscribe|undo|desk|mute|when|share|me|rsvp|confirm|preview|vote/\d+)/{signed}"
        )
        keys = rf"((?:https?://)?{site}/[iad]/[^\s<>\"'?]+)\?(?:[^\s<>\"'()]*&)?k={signed}"
        local, _, domain = list_address.rpartition("@")
        self._domains = (parts.netloc.lower(), domain.lower())  # these stay as they are in whatever wraps them
        words = "|".join(sorted(TOKENS))
        address = rf"{re.escape(local)}\\?\+(?:{words})\\?-[a-z0-9]+@{re.escape(domain)}"
        self._pages = re.compile(pages, re.IGNORECASE)
        self._keys = re.compile(keys, re.IGNORECASE)
        self._addresses = re.compile(address, re.IGNORECASE)

    def taken_from(self, text: str) -> str:
        """Text without them; a link to an item or an edition stays, without its key."""
        folded = text.lower()
        if not any(domain in folded for domain in self._domains):
            return text  # nearly every text, and some are long
        text = _URL.sub(self._unwrapped, text)
        text = self._keys.sub(r"\1", text)
        return self._addresses.sub(self._list_address, self._pages.sub(self._public_url, text))

    def taken_from_file(self, file: MailFile) -> MailFile:
        """A mail or a text that is passed on as a file, without them; other files as they are."""
        kind = file.content_type.lower()
        if kind in _MAILS or file.name.lower().endswith(".eml"):
            content = self._taken_from_mail(file.content)
        elif kind.startswith("text/"):
            content = self._taken_from_bytes(file.content, "utf-8")
        else:
            return file
        return file if content == file.content else replace(file, content=content)

    def _unwrapped(self, found: re.Match[str]) -> str:
        """A link of ours within a link of another's: the whole is ours then, and says nothing more."""
        inner = found[0]
        for _ in range(_WRAPPINGS):
            if (bare := unquote(html.unescape(inner))) == inner:
                break
            inner = bare
        if inner == found[0]:
            return inner
        if (page := self._keys.search(inner)) is not None:
            return page[1]
        if self._pages.search(inner):
            return self._public_url
        return f"mailto:{self._list_address}" if self._addresses.search(inner) else found[0]

    def _taken_from_bytes(self, content: bytes, charset: str) -> bytes:
        try:
            text = content.decode(charset)
        except (UnicodeError, LookupError):
            charset = "latin-1"
            text = content.decode(charset)
        bare = self.taken_from(text)
        return content if bare == text else bare.encode(charset)

    def _taken_from_mail(self, content: bytes) -> bytes:
        """Every header and every text of it, mails within it too. Untouched when there is nothing of ours in it."""
        mail = email.message_from_bytes(content, policy=email.policy.compat32)
        changed = False
        for part in mail.walk():
            changed = self._clean_headers(part) or changed
            changed = self._clean_body(part) or changed
        return mail.as_bytes() if changed else content

    def _clean_headers(self, part: Message) -> bool:
        changed = False
        for name, value in part.items():
            whole = re.sub(r"\r?\n[ \t]", "", str(value))
            if self.taken_from(whole) != whole:
                # More than one may have the name, and a header without its power is of no use: all of them go.
                del part[name]
                changed = True
        return changed

    def _clean_body(self, part: Message) -> bool:
        if part.get_content_maintype() != "text" and part.get_content_type() not in _MAILS:
            return False
        payload = part.get_payload(decode=True)
        if not isinstance(payload, bytes):  # a mail within: walked by itself
            return False
        bare = self._taken_from_bytes(payload, part.get_content_charset("utf-8"))
        if bare == payload:
            return False
        del part["Content-Transfer-Encoding"]
        part["Content-Transfer-Encoding"] = "8bit"
        part.set_payload(bare.decode("ascii", "surrogateescape"))
        return True
