"""How the crawler and the process that stores its pages talk: pickled objects, each behind its length."""

from __future__ import annotations

import pickle
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from asyncio import StreamReader
    from io import BufferedIOBase

    from monitor.storage.leases import Lease

_LENGTH = struct.Struct(">Q")


@dataclass(frozen=True, kw_only=True, slots=True)
class Assignment:
    """Which site of which run a desk works on, and what its profile says of pages that follow."""

    run_id: int
    lease: Lease
    #: name of the site
    site: str
    #: whose detail pages are fetched: ``always``, or ``suspects`` and a sample
    detail: str
    #: whose licence pages are fetched: ``always``, ``suspects`` or ``never``
    licence: str
    #: whose main pictures are fetched: ``suspects`` (and what may be one that came back) or ``never``
    pictures: str = "never"


class PageProcessError(Exception):
    """The process cannot be had or ended before its time; the message says how. The crawl has to stop."""


class PageError(Exception):
    """A page could not be handled because of a mistake in the program; the next ones may go well."""


def packed(message: object) -> bytes:
    """Return a message as it goes over the connection."""
    body = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(body)) + body


def portable(error: Exception) -> Exception:
    """Return an error that arrives as it is, or one that says the same."""
    try:
        arrived = pickle.loads(pickle.dumps(error))  # noqa: S301 - what was pickled here
    except Exception:  # noqa: BLE001 - whatever an exception of somebody's own does when it is made anew
        return PageProcessError(str(error))
    return error if str(arrived) == str(error) else PageProcessError(str(error))


def received(stream: BufferedIOBase) -> Any:  # noqa: ANN401 - whatever was sent
    """Wait for a message.

    Raises:
        EOFError: the other end is gone.

    """
    (length,) = _LENGTH.unpack(_exactly(stream, _LENGTH.size))
    return pickle.loads(_exactly(stream, length))  # noqa: S301 - from a process that started us


async def awaited(stream: StreamReader) -> Any:  # noqa: ANN401 - whatever was sent
    """Wait for a message in an event loop.

    Raises:
        EOFError: the other end is gone (`asyncio.IncompleteReadError` is one).

    """
    (length,) = _LENGTH.unpack(await stream.readexactly(_LENGTH.size))
    return pickle.loads(await stream.readexactly(length))  # noqa: S301 - from a process that we started


def _exactly(stream: BufferedIOBase, size: int) -> bytes:
    found = stream.read(size)
    if len(found) < size:
        raise EOFError
    return found
