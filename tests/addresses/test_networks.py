"""Who may reach which network, against the standard library's own registry."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.addresses import Reach, network_of, plain

FORBIDDEN = {
    "0.0.0.0": "this network",
    "0.1.2.3": "this network",
    "10.0.0.1": "private address",
    "100.64.0.1": "carrier-grade NAT",
    "100.127.255.255": "carrier-grade NAT",
    "100.100.100.200": "cloud metadata",
    "127.0.0.1": "loopback",
    "127.255.255.254": "loopback",
    "168.63.129.16": "cloud metadata",
    "169.254.169.254": "cloud metadata",
    "169.254.1.1": "link-local",
    "172.16.0.1": "private address",
    "172.31.255.255": "private address",
    "192.0.0.192": "protocol assignments",
    "192.0.2.1": "documentation",
    "192.168.1.1": "private address",
    "198.18.0.1": "benchmarking",
    "198.51.100.1": "documentation",
    "203.0.113.1": "documentation",
    "224.0.0.1": "multicast",
    "239.255.255.255": "multicast",
    "240.0.0.1": "reserved",
    "255.255.255.255": "broadcast",
    "::": "IPv4-compatible",
    "::1": "loopback",
    "::7f00:1": "IPv4-compatible",
    "::ffff:127.0.0.1": "loopback",
    "::ffff:169.254.169.254": "cloud metadata",
    "64:ff9b::10.0.0.1": "private address",
    "64:ff9b:1::10.0.0.1": "local NAT64",
    "2001:0:53aa:64c::1": "Teredo",
    "2001:db8::1": "documentation",
    "2002:7f00:1::": "6to4",
    "2002:808:808::1": "6to4",
    "2606:4700::5efe:7f00:1": "ISATAP",
    "2606:4700::200:5efe:a00:1": "ISATAP",
    "3fff::1": "documentation",
    "4000::1": "reserved",
    "5f00::1": "reserved",
    "fc00::1": "unique local address",
    "fd12:3456::1": "unique local address",
    "fd00:ec2::254": "cloud metadata",
    "fd20:ce::254": "cloud metadata",
    "fe80::1": "link-local",
    "fe80::1%eth0": "link-local",
    "fec0::1": "site-local",
    "ff02::1": "multicast",
    "100::1": "reserved",
}
OPEN = ["8.8.8.8", "114.114.114.114", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.0"]
OPEN += ["126.255.255.255", "128.0.0.0", "223.255.255.255", "2606:4700::1111", "240e::1", "64:ff9b::8.8.8.8"]


@pytest.mark.parametrize(("address", "name"), FORBIDDEN.items())
def test_no_fetch_reaches(address, name):
    network = network_of(ip_address(address))
    assert network.reach is not Reach.OPEN
    assert network.name == name
    assert network.source


@pytest.mark.parametrize("address", OPEN)
def test_a_public_address_is_open(address):
    assert network_of(ip_address(address)).reach is Reach.OPEN


NEVER = [
    "0.0.0.0",
    "169.254.169.254",
    "100.100.100.200",
    "fd00:ec2::254",
    "224.0.0.1",
    "fe80::1",
    "255.255.255.255",
]


@pytest.mark.parametrize("address", NEVER)
def test_some_cannot_be_allowed_at_all(address):
    assert network_of(ip_address(address)).reach is Reach.NEVER


@given(st.integers(0, 2**32 - 1).map(IPv4Address))
def test_what_is_open_is_global_to_the_standard_library(address):
    if network_of(address).reach is Reach.OPEN:
        assert address.is_global
        assert not address.is_multicast


@given(st.integers(0, 2**128 - 1).map(IPv6Address) | st.integers(2**125, 2**126 - 1).map(IPv6Address))
def test_what_is_open_in_ipv6_is_global_too(address):
    if network_of(address).reach is Reach.OPEN and plain(address) == address:
        assert address.is_global
        assert address.sixtofour is None
        assert address.teredo is None


@given(st.integers(0, 2**32 - 1).map(IPv4Address), st.sampled_from(["::ffff:0:0", "64:ff9b::"]))
def test_an_address_that_stands_for_another_is_judged_as_that(address, prefix):
    wrapped = IPv6Address(int(IPv6Address(prefix)) + int(address))
    assert network_of(wrapped) == network_of(address)
