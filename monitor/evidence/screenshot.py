"""A full-page screenshot (网页截图) by a Chromium that is installed, behind a guarded proxy."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from monitor.addresses import DEFAULT_PORTS
from monitor.evidence.chain import EvidenceError
from monitor.evidence.guarded_proxy import GuardedProxy

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.addresses import Guard

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: CSS pixels. A page that grows while one scrolls has no end: what is lower is left out, and said so.
_WIDTH = 1280
_TALLEST = 20_000
#: Nothing of its own: no updates, no reports, no protocol that passes by the proxy.
_FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-domain-reliability",
    "--no-pings",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Screenshot:
    """What a browser showed of a page, and how."""

    png: bytes
    taken_at: datetime
    #: after redirects
    url: str
    title: str
    status: int | None
    browser: str
    width: int
    height: int
    #: CSS pixels of the page below what the picture shows
    left_out: int
    #: ``host:port`` → IP address, of everything that was connected to
    reached: dict[str, str]
    #: ``host:port`` → reason, of what the page wanted and did not get
    refused: dict[str, str]

    def facts(self) -> dict[str, Any]:
        """As the description of the record names it."""
        names = ("url", "title", "status", "browser", "width", "height", "left_out", "reached", "refused")
        return {name: getattr(self, name) for name in names}


def find_browser(named: Path | None = None) -> str:
    """Return the path of the Chromium to use.

    Raises:
        EvidenceError: there is none.

    """
    if named is not None:
        if not named.is_file():
            raise EvidenceError(f"there is no browser at {named}")
        return str(named)
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    if found is None:
        raise EvidenceError("no Chromium is installed: install one, or say where it is with --browser")
    return found


def take(url: str, guard: Guard, *, browser: str, user_agent: str, timeout: float = 30.0) -> Screenshot:
    """Open a page and take a picture of the whole of it.

    Args:
        url: of the page.
        guard: what may be reached, by the page and by everything it loads.
        browser: see `find_browser`.
        user_agent: how the browser introduces itself.
        timeout: seconds for the page to load.

    Raises:
        EvidenceError: the page may not be reached, does not load, or the browser does not run.

    """
    try:
        from playwright import sync_api  # noqa: PLC0415 - an extra
    except ImportError:
        raise EvidenceError('screenshots need the extra "browser": pip install "monitor[browser]"') from None
    with GuardedProxy(guard) as proxy:
        try:
            with sync_api.sync_playwright() as playwright:
                running = playwright.chromium.launch(
                    executable_path=browser,
                    args=list(_FLAGS),
                    # as root Chromium runs without its sandbox or not at all
                    chromium_sandbox=os.geteuid() != 0,
                    proxy={"server": proxy.url, "bypass": "<-loopback>"},
                )
                page = running.new_page(
                    viewport={"width": _WIDTH, "height": 800},
                    user_agent=user_agent,
                    locale="zh-CN",
                    timezone_id="Asia/Shanghai",
                    accept_downloads=False,
                    service_workers="block",
                )
                return _picture(page, running.version, url, proxy, timeout * 1000)
        except sync_api.Error as error:
            why = proxy.refused.get(_place(url)) or str(error).strip().splitlines()[0]
            raise EvidenceError(f"no screenshot of {url}: {why}") from None


def _picture(page: Any, version: str, url: str, proxy: GuardedProxy, timeout: float) -> Screenshot:  # noqa: ANN401 - playwright's
    response = page.goto(url, wait_until="load", timeout=timeout)
    with suppress(Exception):  # some pages never fall silent: then as they are
        page.wait_for_load_state("networkidle", timeout=min(timeout, 5000))
    if (why := proxy.refused.get(_place(page.url))) is not None:
        raise EvidenceError(f"no screenshot of {url}: {why}")
    whole = int(page.evaluate("Math.max(document.documentElement.scrollHeight, window.innerHeight)"))
    height = min(whole, _TALLEST)
    clip = {"x": 0, "y": 0, "width": _WIDTH, "height": height}
    png = page.screenshot(full_page=True, clip=clip, type="png", animations="disabled", timeout=timeout)
    return Screenshot(
        png=png,
        taken_at=datetime.now(UTC),
        url=page.url,
        title=page.title(),
        status=response.status if response is not None else None,
        browser=f"Chromium {version}",
        width=_WIDTH,
        height=height,
        left_out=whole - height,
        reached=dict(proxy.reached),
        refused=dict(proxy.refused),
    )


def _place(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or DEFAULT_PORTS.get(parts.scheme, 80)}"
