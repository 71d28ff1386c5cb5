"""One page saved by a browser: HTML, or the JSON of an API's answer; and MHTML, with its pictures."""

from __future__ import annotations

import email
import email.policy
import re
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from monitor.evidence.supplied import SuppliedPage
from monitor.extraction import Page
from monitor.extraction.canonical import absolute_url
from monitor.extraction.document import Document
from monitor.imports.problem import ImportProblemError
from monitor.imports.records import LARGEST_PAGE, Found, PageRecord
from monitor.imports.rejects import Reason, Reject

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message
    from pathlib import Path

#: How browsers note where they saved from, near the beginning: IE, Edge and Chrome; SingleFile.
_SAVED_FROM = re.compile(
    rb"<!--\s*saved from url=\(\d+\)(\S+?)\s*-->|<!--\s*Page saved with SingleFile\s+url:\s*(\S+)"
)
_BEGINNING = 20_000


class SavedPage:
    """An HTML or JSON file."""

    def __init__(self, path: Path, url: str | None) -> None:
        """Take the file and, where a person gave it, the address."""
        self._path = path
        self._url = url
        self._done = False

    def records(self) -> Iterator[Found]:
        """Give the page, if it says where it came from."""
        body = _read(self._path)
        self._done = True
        if body is None:
            yield Reject(number=1, reason=Reason.TOO_LONG, detail=f"> {LARGEST_PAGE >> 20} MB")
            return
        url = self._url or own_address(body)
        if url is None:
            yield Reject(number=1, reason=Reason.NO_PAGE_URL)
            return
        kind = "application/json" if body.lstrip()[:1] in (b"{", b"[") else "text/html"
        yield PageRecord(
            number=1,
            page=Page(url=url, body=body),
            supplied=SuppliedPage(
                facts={"address_from": "the person" if self._url else "the page itself"},
                type="resource",
                block=body,
                content_type=kind,
            ),
        )

    def position(self) -> float:
        """Nothing or all."""
        return float(self._done)


class MhtmlPage:
    """An MHTML file: the page is its first HTML part; frames and pictures are left alone."""

    def __init__(self, path: Path, url: str | None) -> None:
        """Take the file and, where a person gave it, the address."""
        self._path = path
        self._url = url
        self._done = False

    def records(self) -> Iterator[Found]:
        """Give the page."""
        whole = _read(self._path)
        self._done = True
        if whole is None:
            yield Reject(number=1, reason=Reason.TOO_LONG, detail=f"> {LARGEST_PAGE >> 20} MB")
            return
        try:
            message = email.message_from_bytes(whole, policy=email.policy.compat32)
            part = next((each for each in message.walk() if each.get_content_type() == "text/html"), None)
            body = part.get_payload(decode=True) if part is not None else None
        except RecursionError:
            yield Reject(number=1, reason=Reason.BROKEN, detail="parts within parts without end")
            return
        if part is None or not isinstance(body, bytes) or not body:
            yield Reject(number=1, reason=Reason.BROKEN, detail="no HTML part")
            return
        stated = message["Snapshot-Content-Location"] or part["Content-Location"]
        url = self._url or absolute_url(str(stated or "").strip(), "") or own_address(body)
        if url is None:
            yield Reject(number=1, reason=Reason.NO_PAGE_URL)
            return
        charset = part.get_content_charset()
        yield PageRecord(
            number=1,
            page=Page(
                url=url,
                body=body,
                headers={"content-type": f"text/html; charset={charset}" if charset else "text/html"},
            ),
            supplied=SuppliedPage(
                facts={"claimed_at": _date(message)},
                type="resource",
                block=whole,
                content_type="multipart/related",
            ),
        )

    def position(self) -> float:
        """Nothing or all."""
        return float(self._done)


def own_address(body: bytes) -> str | None:
    """Return the address that a saved page states: the browser's note, the canonical link, OpenGraph."""
    if (noted := _SAVED_FROM.search(body[:_BEGINNING])) is not None:
        stated = (noted[1] or noted[2]).decode("utf-8", "replace")
        if (url := absolute_url(stated, "")) is not None:
            return url
    document = Document(Page(url="", body=body))
    if document.json is not None:
        return None
    links = document.selector.xpath("//link[@rel='canonical']/@href | //meta[@property='og:url']/@content")
    return next((url for link in links.getall() if (url := absolute_url(link, ""))), None)


def _read(path: Path) -> bytes | None:
    """Return the bytes of a file; None of one that is too large for a page."""
    try:
        with path.open("rb") as file:
            body = file.read(LARGEST_PAGE + 1)
    except OSError as error:
        raise ImportProblemError(f"{path}: cannot be read: {error.strerror}") from None
    return body if len(body) <= LARGEST_PAGE else None


def _date(message: Message) -> str | None:
    try:
        at = parsedate_to_datetime(str(message["Date"]))
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).isoformat()
