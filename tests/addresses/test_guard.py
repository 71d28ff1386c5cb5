from __future__ import annotations

import pytest

from monitor.addresses import Allowance, ForbiddenAddressError, Guard, own_address


def refusal(guard: Guard, url: str) -> str:
    with pytest.raises(ForbiddenAddressError) as refused:
        guard.check_url(url)
    return str(refused.value)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://127.0.0.1/", "loopback"),
        ("http://2130706433/", "loopback"),
        ("http://0177.1/", "loopback"),
        ("http://0x7f.1/", "loopback"),
        ("http://127.1:8080/", "port 8080"),
        ("http://１２７.０.０.１/", "loopback"),
        ("http://127.0.0.1./", "loopback"),
        ("http://127。0。0。1/", "loopback"),
        ("http://%31%32%37.0.0.1/", "loopback"),
        ("http://[::1]/", "loopback"),
        ("http://[::ffff:127.0.0.1]/", "loopback"),
        ("http://[fe80::1%25eth0]/", "link-local"),
        ("http://169.254.169.254/latest/meta-data/", "cloud metadata"),
        ("http://[fd00:ec2::254]/", "cloud metadata"),
        ("http://0/", "this network"),
        ("http://shop.example@127.0.0.1/", "user name"),
        ("http://user:secret@shop.example/", "user name"),
        ("http://shop.example\\@127.0.0.1/", "user name"),
        ("http://134744072/", "odd spelling of 8.8.8.8"),
        ("http://1.2.3.999/", "no address"),
        ("http://shop.example:99999/", "no address"),
        ("http://[::1/", "no address"),
        ("file:///etc/passwd", "file:"),
        ("ftp://shop.example/", "ftp:"),
        ("s3://bucket/key", "s3:"),
        ("data:text/html,x", "data:"),
        ("http:///page", "no host"),
    ],
)
def test_a_url_that_names_a_forbidden_address_is_refused(url, said):
    assert said in refusal(Guard(), url)


@pytest.mark.parametrize(
    "url",
    ["http://shop.example/", "https://8.8.8.8:8443/x", "https://[2606:4700::1]/", "http://shop.example./"],
)
def test_others_pass(url):
    Guard().check_url(url)


def test_an_allowance_is_for_its_addresses_on_its_ports():
    guard = Guard.of(["127.0.0.1:8000", "10.1.0.0/16", "[fd12::/16]:8080"])
    for host, port in [("127.0.0.1", 8000), ("::ffff:7f00:1", 8000), ("10.1.2.3", 443), ("fd12::5", 8080)]:
        guard.check(host, port)
    for host, port in [
        ("127.0.0.1", 8001),
        ("127.0.0.2", 8000),
        ("10.2.0.1", 80),
        ("10.1.2.3", 22),
        ("fd12::5", 80),
    ]:
        with pytest.raises(ForbiddenAddressError, match="refused"):
            guard.check(host, port)


def test_a_name_is_no_address_to_connect_to():
    with pytest.raises(ForbiddenAddressError, match="not resolved"):
        Guard().check("localhost", 80)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("169.254.169.254", "can never be allowed"),
        ("100.100.100.200:80", "can never be allowed"),
        ("0.0.0.0/0", "can never be allowed"),
        ("10.0.0.0/7", "can never be allowed"),
        ("fd00:ec2::254", "can never be allowed"),
        ("::/0", "can never be allowed"),
        ("fe80::/10", "can never be allowed"),
        ("8.8.8.8", "is public"),
        ("10.1.0.1/16", "is no network"),
        ("localhost", "is no network"),
        ("", "is no network"),
        ("10.1.2.3:99999", "no port"),
    ],
)
def test_what_is_no_allowance_says_so(entry, said):
    with pytest.raises(ValueError, match=said):
        Allowance.parse(entry)


def test_a_network_allowance_does_not_open_the_metadata_within_it():
    guard = Guard.of(["100.64.0.0/10", "fc00::/7"])
    guard.check("100.64.0.1", 80)
    for host in ["100.100.100.200", "fd00:ec2::254", "fd20:ce::254"]:
        with pytest.raises(ForbiddenAddressError, match="metadata"):
            guard.check(host, 80)


@pytest.mark.parametrize(
    ("base_url", "entries"),
    [
        ("http://127.0.0.1:8000", ("127.0.0.1:8000",)),
        ("https://10.1.2.3", ("10.1.2.3:443",)),
        ("http://[::1]:8000/shop", ("[::1]:8000",)),
        ("http://localhost:8000", ("127.0.0.1:8000", "[::1]:8000")),
        ("https://shop.example", ()),
        ("http://intranet", ()),
        ("http://8.8.8.8", ()),
        ("http://169.254.169.254", ()),
        ("http://2130706433", ()),
    ],
)
def test_a_base_url_allows_the_address_that_it_is_and_no_other(base_url, entries):
    assert own_address(base_url) == entries
