"""An address is the same address however it is spelt; what the C library reads, we read."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.addresses import ForbiddenAddressError, Guard, literal_address

V4 = st.integers(0, 2**32 - 1).map(IPv4Address)
FULL_WIDTH = str.maketrans("0123456789.", "０１２３４５６７８９．")
CIRCLED = str.maketrans("123456789", "①②③④⑤⑥⑦⑧⑨")


def number(value: int, base: str) -> str:
    return {"decimal": str(value), "octal": f"0{value:o}", "hex": f"0x{value:x}", "HEX": f"0X{value:08X}"}[
        base
    ]


@st.composite
def spelt(draw) -> tuple[IPv4Address, str]:
    """An IPv4 address, and one of the many ways to write it."""
    address = draw(V4)
    octets = list(address.packed)
    kept = draw(st.integers(0, 3))
    parts = [*octets[:kept], int.from_bytes(bytes(octets[kept:]))]
    text = ".".join(number(each, draw(st.sampled_from(["decimal", "octal", "hex", "HEX"]))) for each in parts)
    for change in draw(st.sets(st.sampled_from(["width", "circle", "percent", "dot", "ideographic"]))):
        match change:
            case "width":
                text = text.translate(FULL_WIDTH)
            case "circle":
                text = text.translate(CIRCLED)
            case "dot":
                text += "."
            case "ideographic":
                text = text.replace(".", "。")
            case "percent":
                text = "".join(
                    f"%{ord(char):02x}" if char.isascii() and char != "%" else char for char in text
                )
    return address, text


@given(spelt())
@example((IPv4Address("127.0.0.1"), "0177.1"))
def test_every_spelling_means_the_same_address(case):
    address, text = case
    assert literal_address(text) == address


@given(spelt())
def test_no_spelling_passes_the_guard(case):
    address, text = case
    if text == str(address):
        return  # the plain spelling is judged by its network alone
    with pytest.raises(ForbiddenAddressError, match="refused"):
        Guard().check_url(f"http://{text}/")


@given(st.text(alphabet="0123456789abcdefxX.", max_size=20))
def test_what_the_c_library_takes_for_an_address_so_do_we(text):
    try:
        theirs = IPv4Address(socket.inet_aton(text))
    except OSError:
        return
    assert literal_address(text) == theirs


@given(st.integers(0, 2**128 - 1).map(IPv6Address), st.booleans())
def test_ipv6_with_and_without_brackets(address, bracketed):
    text = address.exploded.upper() if bracketed else address.compressed
    assert literal_address(f"[{text}]" if bracketed else text) == address


@pytest.mark.parametrize("name", ["shop.example", "1.2.3.com", "127.0.0.1.shop.example", "0x7f.example", ""])
def test_a_name_is_no_address(name):
    assert literal_address(name) is None


@pytest.mark.parametrize("nonsense", ["1.2.3.999", "256.1.1.1", "1.2.3.4.5", "a.b.0x", "4294967296", "08.1"])
def test_what_looks_like_an_address_and_is_none_is_an_error(nonsense):
    with pytest.raises(ValueError):
        literal_address(nonsense)


@given(st.text(max_size=60))
def test_nothing_makes_it_fail_otherwise(text):
    try:
        found = literal_address(text)
    except ValueError:
        return
    assert found is None or found == ip_address(str(found))
