"""The shop's own process: ``python -m monitor.demo.oscar.serve PORT``, started by `shop.py`.

It says ``ready PORT`` on standard output once it answers, and ends when its standard input closes, so it
cannot outlive whoever started it.
"""

from __future__ import annotations

import fcntl
import os
import sys
import threading

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
        sys.exit(f"another shop runs from {settings.FOLDER}: end it, or choose another folder")
    _fill()
    try:
        server = ThreadedWSGIServer(("127.0.0.1", port), WSGIRequestHandler)
    except OSError as error:
        sys.exit(f"cannot listen on 127.0.0.1:{port}: {error.strerror}: choose another port, or 0 for a free one")
    _know_own_address(server.server_port)
    server.set_app(StaticFilesHandler(get_wsgi_application()))
    jieba.initialize()  # else the first search waits for it
    print("ready", server.server_port, flush=True)  # noqa: T201 - `shop.py` waits for this line
    server.serve_forever()


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
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
