"""The shop as a thing to start and stop; knows no Django."""

from __future__ import annotations

import importlib.util
import json
import os
import selectors
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from monitor.demo.oscar.products import load
from monitor.mistake import MistakeError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal
    from pathlib import Path
    from types import TracebackType

    from monitor.demo.catalogue.schema import Expect

#: Seconds that the first start may take on a slow machine; it makes the database and the index.
START_TIMEOUT = 300.0
#: Seconds to wait for a shop that was asked to end, before it is made to.
STOP_TIMEOUT = 5.0


class OscarError(MistakeError):
    """The shop cannot be started; the message says why and where its log lies."""


class OscarMissing(OscarError):  # noqa: N818 - reads as what is the matter
    """django-oscar or its search is not installed; the message names the extra."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ShopProduct:
    """One product of the running shop, as it was put there: the truth for tests."""

    #: Oscar's number, the identity of a product in its URLs.
    id: int
    slug: str
    #: Absolute URL of the detail page, as the shop itself writes it.
    url: str
    title: str
    #: Yuan.
    price: Decimal
    #: Category path, outermost first.
    category: tuple[str, ...]
    attributes: Mapping[str, str]
    description: str
    #: What the classifiers should make of it.
    expect: Expect


class OscarShop:
    """A django-oscar shop on 127.0.0.1, in a process of its own, for as long as the ``with`` block lasts.

    `folder` keeps database and index, so that only the first start fills the shop; `shop.log` there is its
    log.

    Raises on entry:
        OscarMissing: the extra is not installed.
        OscarError: the shop ended or did not answer in time.

    """

    def __init__(self, folder: Path, port: int = 0, *, start_timeout: float = START_TIMEOUT) -> None:
        """Prepare a shop in `folder`, on `port` or a free one; nothing runs yet."""
        self.folder = folder.absolute()
        self.log = self.folder / "shop.log"
        #: Of the shop, without a slash at the end; empty until it runs.
        self.base_url = ""
        #: What the shop holds; empty until it runs.
        self.products: tuple[ShopProduct, ...] = ()
        self._port = port
        self._start_timeout = start_timeout
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Process number of the running shop."""
        return None if self._process is None else self._process.pid

    def __enter__(self) -> Self:
        """Start the shop and wait until it answers."""
        _require_extra()
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own module, our own number
                [sys.executable, "-m", "monitor.demo.oscar.serve", str(self._port)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env={
                    **os.environ,
                    "DJANGO_SETTINGS_MODULE": "monitor.demo.oscar.settings",
                    "OSCAR_SHOP_FOLDER": str(self.folder),
                },
            )
        try:
            self.base_url = f"http://127.0.0.1:{self._wait_until_ready(self._process)}"
            self.products = self._read_products()
        except BaseException:  # Ctrl-C too: no shop outlives the one who started it
            self._stop(self._process)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the shop."""
        if self._process is not None:
            self._stop(self._process)

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> int:
        """Read the port from the shop's first line."""
        assert process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            if not selector.select(self._start_timeout):
                raise OscarError(f"the shop did not start within {self._start_timeout:g} s: see {self.log}")
        line = process.stdout.readline().decode().strip()
        if not line.startswith("ready "):
            raise OscarError(f"the shop did not start: {line or self._last_words()} (log: {self.log})")
        return int(line.removeprefix("ready "))

    def _last_words(self) -> str:
        lines = self.log.read_text(encoding="utf-8", errors="replace").split("\n")
        return next((line for line in reversed(lines) if line.strip()), "it said nothing")

    def _read_products(self) -> tuple[ShopProduct, ...]:
        placed = json.loads((self.folder / "placed.json").read_text(encoding="utf-8"))["products"]
        return tuple(
            ShopProduct(
                id=place["id"],
                slug=place["slug"],
                url=f"{self.base_url}{place['path']}",
                title=product.title,
                price=product.price,
                category=product.category,
                attributes=product.attributes,
                description=product.description,
                expect=product.expect,
            )
            for place, product in zip(placed, load(), strict=True)
        )

    def _stop(self, process: subprocess.Popen[bytes]) -> None:
        process.terminate()
        try:
            process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for pipe in (process.stdin, process.stdout):
            assert pipe is not None
            pipe.close()
        self._process = None


def _require_extra() -> None:
    missing = [name for name in ("oscar", "haystack", "whoosh") if importlib.util.find_spec(name) is None]
    if missing:
        raise OscarMissing(f"the shop needs {', '.join(missing)}: pip install 'monitor[oscar]'")
