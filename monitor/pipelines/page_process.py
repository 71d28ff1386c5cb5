"""The process that pages are judged, preserved and stored in, as the crawler sees it.

A crawl uses two cores this way, and nothing that takes long, the disk above all, keeps the crawler from its
connections. `page_worker` is what runs there. It lives as long as the connection between the two.
"""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

from monitor import config
from monitor.pipelines.messages import PageProcessError, awaited, packed

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.pipelines.items import PageRead, PictureRead, UnitFailed
    from monitor.pipelines.messages import Assignment


class PageProcess:
    """Starts the process, hands pages over, says how it went with each."""

    def __init__(self, settings: Settings) -> None:
        self._socket, there = socket.socketpair()
        with there:
            # in a group of its own: Ctrl-C is for the crawler, which ends in order
            self._process: subprocess.Popen[bytes] = subprocess.Popen(
                [sys.executable, "-m", "monitor.pipelines.page_worker"],
                stdin=there.fileno(),
                env=config.environment(settings),
                process_group=0,
            )
        self._waiting: dict[int, asyncio.Future[None]] = {}
        self._sent = 0
        self._writer: asyncio.StreamWriter | None = None
        self._listening: asyncio.Task[None] | None = None

    async def ready(self) -> None:
        """Wait until it has loaded what it needs.

        Raises:
            PageProcessError: it ended instead.
            Exception: what kept it from loading, e.g. a mistake in the lexicon.

        """
        reader, self._writer = await asyncio.open_connection(sock=self._socket)
        try:
            error: Exception | None = await awaited(reader)
        except (EOFError, OSError):
            raise self._ended() from None
        if error is not None:
            raise error
        self._listening = asyncio.create_task(self._listen(reader))

    def begin(self, assignment: Assignment) -> None:
        """Say which crawl it works for; goes before the first page."""
        self._write(assignment)

    async def handled(self, item: PageRead | PictureRead | UnitFailed) -> None:
        """Wait until a page is committed.

        Raises:
            PageError: it was not, and only this one.
            PageProcessError: the process is no more.
            Exception: why nothing can be written any more, one of `page_desk.FATAL`.

        """
        if self._listening is None or self._listening.done():
            raise self._ended()
        self._sent += 1
        answer = self._waiting[self._sent] = asyncio.get_running_loop().create_future()
        self._write((self._sent, item))
        await answer

    async def close(self) -> None:
        """Let it end, and wait for that; what was handed over is committed before."""
        if self._writer is None:
            self._process.kill()
            self._socket.close()
        else:
            self._writer.close()
        if self._listening is not None:
            self._listening.cancel()
        await asyncio.to_thread(self._process.wait)

    def _write(self, message: object) -> None:
        assert self._writer is not None, "`ready` comes first"
        self._writer.write(packed(message))

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        try:
            while True:
                number, error = await awaited(reader)
                answer = self._waiting.pop(number)
                if answer.done():  # nobody waits any more
                    continue
                if error is None:
                    answer.set_result(None)
                else:
                    answer.set_exception(error)
        except (EOFError, OSError):
            for answer in self._waiting.values():
                if not answer.done():
                    answer.set_exception(self._ended())
            self._waiting.clear()

    def _ended(self) -> PageProcessError:
        status = self._process.wait()
        how = f"was killed by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"
        return PageProcessError(
            f"the process that judges and stores pages {how}; give the same command again: what was not "
            "committed is fetched again"
        )
