"""A server that cannot prove who it is gets no request, and the unit says why."""

from __future__ import annotations

import datetime as dt

import pytest

pytestmark = pytest.mark.slow

DAY = dt.timedelta(days=1)


def test_each_bad_certificate_is_refused_with_its_reason(servers, crawl, http, authority):
    trusted, unknown = authority(), authority()
    now = dt.datetime.now(dt.UTC)
    pages = {"/": http.page(b"fine")}
    contexts = {
        "": trusted.server("127.0.0.1"),
        "self-signed": trusted.server("127.0.0.1", alone=True),
        "not known here": unknown.server("127.0.0.1"),
        "has expired": trusted.server("127.0.0.1", valid=(now - 3 * DAY, now - DAY)),
        "not valid yet": trusted.server("127.0.0.1", valid=(now + DAY, now + 3 * DAY)),
        "another": trusted.server("127.0.0.2", "shop.example"),
        "names no host": trusted.server(),
    }
    running = {said: servers(context=context, answers=dict(pages)) for said, context in contexts.items()}
    six = servers(host="::1", context=trusted.server("::1"), answers=dict(pages))
    urls = {said: f"{server.url}/" for said, server in running.items()}
    other = f"https://shop.example:{running['another'].port}/"
    outcome = crawl(
        *urls.values(),
        f"{six.url}/",
        f"https://shop.example:{running[''].port}/",
        other,
        allow=tuple(
            f"{'[::1]' if each is six else each.host}:{each.port}" for each in (*running.values(), six)
        ),
        names={"shop.example": [["127.0.0.1"]]},
        environment={"SSL_CERT_FILE": str(trusted.file)},
    )
    assert outcome.pages[urls.pop("")][0]["body"] == "fine"
    assert outcome.pages[f"{six.url}/"][0]["body"] == "fine"
    # for a name, the name on the certificate counts
    assert "another" in outcome.reason(f"https://shop.example:{running[''].port}/")
    assert outcome.pages[other][0]["body"] == "fine"
    for said, url in urls.items():
        reason = outcome.reason(url)
        assert reason.startswith("TLS: the certificate of 127.0.0.1 is refused:"), reason
        assert said in reason
        if said != "another":
            assert running[said].requests == []
        # neither page nor robots.txt; and it is not tried again
        assert running[said].connections <= 4
    assert "Traceback" not in outcome.log
