"""What runs in the process beside a crawler: pages in, committed, answered, one after the other.

    python -m monitor.pipelines.page_worker     # the connection is its standard input

It ends when the connection does. If the crawler was killed, that is after the page at hand, which is written
whole or, when somebody else has taken over the lease of the site by then, not at all.
"""

from __future__ import annotations

import signal
import socket
import sys
import traceback
from contextlib import suppress
from typing import TYPE_CHECKING

from monitor import config
from monitor.classifiers.classify import default_classifier
from monitor.pipelines.collector import relieve_collector
from monitor.pipelines.messages import PageError, packed, portable, received
from monitor.pipelines.page_desk import FATAL, PageDesk

if TYPE_CHECKING:
    from io import BufferedRWPair

    from monitor.pipelines.items import PageRead, PictureRead, UnitFailed


def main() -> int:
    """Handle pages until the crawler closes the connection."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)  # when it is over, the crawler decides
    connection = socket.socket(fileno=0)
    with suppress(EOFError, ConnectionError), connection, connection.makefile("rwb") as stream:
        _serve(stream)
    return 0


def _serve(stream: BufferedRWPair) -> None:
    settings = config.load()
    try:
        classifier = default_classifier(settings.suspect_threshold)
    except Exception as error:  # noqa: BLE001 - the crawler raises it
        _send(stream, portable(error))
        return
    relieve_collector()
    _send(stream, None)
    desk = PageDesk(settings, received(stream), classifier)
    try:
        while True:
            number, item = received(stream)
            _send(stream, (number, _handled(desk, item)))
    finally:
        desk.close()


def _handled(desk: PageDesk, item: PageRead | PictureRead | UnitFailed) -> Exception | None:
    try:
        desk.handle(item)
    except FATAL as error:
        return portable(error)
    except Exception:  # noqa: BLE001 - the crawler raises it, with what is known here
        return PageError(f"a page could not be handled:\n{traceback.format_exc()}")
    return None


def _send(stream: BufferedRWPair, message: object) -> None:
    stream.write(packed(message))
    stream.flush()


if __name__ == "__main__":
    sys.exit(main())
