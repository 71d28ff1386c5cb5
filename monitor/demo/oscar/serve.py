"""The shop's own process: ``python -m monitor.demo.oscar.serve PORT``, started by `shop.py`.

Its one line on standard output is ``ready PORT`` once it answers, or why it cannot. It ends when its standard
input closes, so it cannot outlive whoever started it.
"""

from __future__ import annotations

import fcntl
import os
import sys
import threading
from typing import NoReturn

import django
import jieba
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application


def main(port: int) -> None:
    """Fill the shop if need be and serve it on 127.0.0.1; port 0 takes a free one."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    django.setup()
    lock = (settings.FOLDER / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        _give_up(f"another shop runs from {settings.FOLDER}: end it, or choose another folder")
    try:
        server = ThreadedWSGIServer(("127.0.0.1", port), WSGIRequestHandler)
    except OSError as error:
        _give_up(
            f"cannot listen on 127.0.0.1:{port}: {error.strerror}: choose another port, or 0 for a free one"
        )
    _fill()
    _know_own_address(server.server_port)
    server.set_app(StaticFilesHandler(get_wsgi_application()))
    jieba.initialize()  # else the first search waits for it
    _say(f"ready {server.server_port}")
    server.serve_forever()


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - `shop.py` waits for it


def _give_up(reason: str) -> NoReturn:
    _say(reason)
    sys.exit(1)


def _fill() -> None:
    from monitor.demo.oscar.seed import fill  # noqa: PLC0415 - Oscar's models need django.setup() first

    fill(settings.FOLDER)


def _know_own_address(port: int) -> None:
    """The sitemap's links carry the address of the one Site in the database."""
    from django.contrib.sites.models import Site  # noqa: PLC0415 - as above

    address = f"127.0.0.1:{port}"
    Site.objects.update_or_create(
        id=settings.SITE_ID, defaults={"domain": address, "name": settings.OSCAR_SHOP_NAME}
    )


def _end_with_parent() -> None:
    os.read(sys.stdin.fileno(), 1)  # sys.stdin's own lock would hang an exit for another reason
    os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
