"""Secrets stay with the scheme, host and port they were given to, whatever redirect asks for them."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.slow

SECRETS = {
    "Authorization": "Bearer secret-1",
    "X-Api-Key": "secret-2",
    "Cookie": "a=secret-3",
    "Proxy-Authorization": "secret-4",
}
HARMLESS = {
    b"accept",
    b"accept-encoding",
    b"accept-language",
    b"user-agent",
    b"host",
    b"connection",
}


def headers_of(request: bytes) -> set[bytes]:
    return {line.partition(b":")[0].lower() for line in request.split(b"\r\n")[1:] if line}


def test_nothing_follows_a_redirect_to_another_origin(servers, crawl, http):
    site = servers()
    other_port = servers(answers={"/goal": http.page(b"port"), "/back": http.redirect(f"{site.url}/goal")})
    other_host = servers(host="127.0.0.2", port=site.port, answers={"/goal": http.page(b"host")})
    refresh = f'<html><meta http-equiv="refresh" content="0;url={other_port.url}/goal?r"></html>'.encode()
    other_port.answers["/goal?r"] = http.page(b"port")
    site.answers = {
        "/port": http.redirect(f"{other_port.url}/goal"),
        "/host": http.redirect(f"{other_host.url}/goal"),
        "/round": http.redirect(f"{other_port.url}/back"),
        "/stay": http.redirect("/goal"),
        "/refresh": http.page(refresh),
        "/goal": http.page(b"home", "Set-Cookie: session=secret-5"),
    }
    outcome = crawl(
        *(f"{site.url}{path}" for path in ("/stay", "/port", "/host", "/round", "/refresh")),
        allow=tuple(f"{each.host}:{each.port}" for each in (site, other_port, other_host)),
        headers=SECRETS,
        cookies={"b": "secret-6"},
        CONCURRENT_REQUESTS=1,
    )
    assert [
        outcome.pages[f"{site.url}{path}"][0]["body"] for path in ("/stay", "/port", "/host", "/round")
    ] == [
        "home",
        "port",
        "host",
        "home",
    ]
    strange = [*other_port.requests, *other_host.requests]
    assert len([each for each in strange if b"/goal" in each or b"/back" in each]) >= 4
    for request in strange:
        assert b"secret" not in request
        assert headers_of(request) <= HARMLESS
    # the site itself gets them, and keeps its session
    first, *_, last = site.asked("/goal")
    assert all(secret in first for secret in (b"secret-1", b"secret-2", b"secret-6"))
    # but not from a stranger who sends us back: he could choose what is done in our name
    assert b"secret-1" not in last
    assert b"secret-2" not in last


def test_nothing_goes_over_an_open_line_that_was_given_over_tls(servers, crawl, http, authority):
    trusted = authority()
    open_line = servers(answers={"/goal": http.page(b"open")})
    site = servers(context=trusted.server("127.0.0.1"))
    site.answers = {
        "/set": http.page(b"set", "Set-Cookie: session=secret-5"),
        "/down": http.redirect(f"{open_line.url}/goal"),
    }
    outcome = crawl(
        f"{site.url}/set",
        f"{site.url}/down",
        allow=tuple(f"{each.host}:{each.port}" for each in (site, open_line)),
        headers=SECRETS,
        cookies={"b": "secret-6"},
        environment={"SSL_CERT_FILE": str(trusted.file)},
        CONCURRENT_REQUESTS=1,
    )
    assert outcome.pages[f"{site.url}/down"][0]["body"] == "open"
    assert b"secret-5" in site.asked("/down")[0]
    (request,) = open_line.asked("/goal")
    assert b"secret" not in request
