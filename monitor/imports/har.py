"""HAR: what a browser's developer tools recorded; read entry by entry, however large the file."""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import TYPE_CHECKING, Any, TextIO

from monitor.evidence.supplied import SuppliedPage
from monitor.extraction import Page
from monitor.imports.problem import ImportProblemError
from monitor.imports.records import LARGEST_PAGE, Found, PageRecord, claimed_time, may_be_page
from monitor.imports.rejects import Reason, Reject

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ENTRIES = re.compile(r'"entries"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,]*")
_CHUNK = 1 << 20
#: Characters of one entry: a page in base64 and what stands around it.
_LARGEST_ENTRY = LARGEST_PAGE * 2
#: Headers that are keys to somebody's account, and lengths that are no longer true.
_LEFT_OUT = frozenset({"set-cookie", "cookie", "authorization", "proxy-authorization"})


class HarFile:
    """A HAR file."""

    def __init__(self, path: Path) -> None:
        """Take the file."""
        self._path = path
        self._size = max(path.stat().st_size, 1)
        self._read = 0.0

    def records(self) -> Iterator[Found]:
        """Give the entries that are pages."""
        with self._path.open("r", encoding="utf-8-sig", errors="replace") as file:
            for number, entry in enumerate(self._entries(file), 1):
                yield _found(number, entry)
        self._read = 1.0

    def position(self) -> float:
        """Say how far the file is read."""
        return min(self._read, 1.0)

    def _entries(self, file: TextIO) -> Iterator[Any]:
        decoder = json.JSONDecoder(strict=False)
        text, start, chars = "", None, 0
        while start is None:
            chunk = file.read(_CHUNK)
            chars += len(chunk)
            text = text[-100:] + chunk
            if (found := _ENTRIES.search(text)) is not None:
                start = found.end()
            elif not chunk:
                raise ImportProblemError(f"{self._path.name}: is no HAR file: it has no log.entries")
        text = text[start:]
        while True:
            between = _BETWEEN.match(text)
            text = text[between.end() :] if between else text
            if text.startswith("]"):
                return
            try:
                entry, end = decoder.raw_decode(text)
            except (json.JSONDecodeError, RecursionError):
                # cut off or broken: more of the file tells; twice as much each time, so that it stays quick
                chunk = file.read(max(_CHUNK, len(text)))
                chars += len(chunk)
                if not chunk or len(text) > _LARGEST_ENTRY:
                    raise ImportProblemError(
                        f"{self._path.name}: is damaged or cut short after character {chars - len(text)}"
                    ) from None
                text += chunk
                self._read = chars / self._size
                continue
            text = text[end:]
            yield entry


def _found(number: int, entry: Any) -> Found:  # noqa: ANN401 - whatever the JSON holds
    try:
        request, response = entry["request"], entry["response"]
        url, status = str(request["url"]), int(response["status"])
        content = response.get("content") or {}
        kind = str(content.get("mimeType") or "")
        text = content.get("text")
        headers = {
            str(each["name"]).lower(): str(each["value"])
            for each in response.get("headers") or ()
            if str(each["name"]).lower() not in _LEFT_OUT
        }
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return Reject(number=number, reason=Reason.BROKEN, detail=f"{type(error).__name__}: {error}")
    if not url.startswith(("http://", "https://")) or not may_be_page(kind) or not text or status < 200:
        return number
    if 300 <= status < 400:
        return number
    try:
        in_base64 = content.get("encoding") == "base64"
        body = base64.b64decode(text, validate=False) if in_base64 else str(text).encode("utf-8", "replace")
    except (binascii.Error, ValueError) as error:
        return Reject(number=number, reason=Reason.UNREADABLE, detail=str(error), fields={"url": url})
    if len(body) > LARGEST_PAGE:
        return Reject(number=number, reason=Reason.TOO_LONG, detail=str(len(body)), fields={"url": url})
    plain = kind if in_base64 else f"{kind.partition(';')[0] or 'text/html'}; charset=utf-8"
    return PageRecord(
        number=number,
        page=Page(url=url, body=body, status=status, headers={**headers, "content-type": plain}),
        supplied=SuppliedPage(
            facts={
                "claimed_at": claimed_time(entry.get("startedDateTime")),
                "method": str(request.get("method") or ""),
                "status": status,
                "ip": entry.get("serverIPAddress"),
                "headers": headers,
            },
            type="resource",
            block=body,
            content_type=plain,
        ),
    )
