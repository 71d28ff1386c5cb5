"""What address a host means that is no name, however it is spelt."""

from __future__ import annotations

import re
import unicodedata
from ipaddress import IPv4Address, ip_address
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from monitor.addresses.networks import Address

_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")


def literal_address(host: str) -> Address | None:
    """Return the address that `host` means where it is no name, in whatever spelling; None for a name.

    As the C library and browsers read it (inet_aton; WHATWG URL, host parsing): ``127.1``, ``2130706433``,
    ``0x7f.1``, ``0177.0.0.1``, full-width digits and dots, ``%31``, a trailing dot, brackets around IPv6.

    Raises:
        ValueError: it is written as an address and is none (``1.2.3.999``).

    """
    text = _unfolded(host).replace("。", ".").strip().lower().removesuffix(".")
    if ":" in text:
        return ip_address(text.removeprefix("[").removesuffix("]"))
    labels = text.split(".")
    return _ipv4(labels) if _NUMBER.fullmatch(labels[-1]) else None


def _unfolded(host: str) -> str:
    """Undo percent-encoding and compatibility forms, one within the other, until nothing changes."""
    while (text := unquote(unicodedata.normalize("NFKC", host))) != host:
        host = text
    return host


def _ipv4(labels: list[str]) -> IPv4Address:
    if len(labels) > 4 or not all(_NUMBER.fullmatch(each) for each in labels):
        raise ValueError(f"{'.'.join(labels)} is no address")
    *high, low = [_number(each) for each in labels]
    if any(each > 255 for each in high) or low >= 256 ** (4 - len(high)):
        raise ValueError(f"{'.'.join(labels)} is no address")
    return IPv4Address(sum(each << (24 - 8 * i) for i, each in enumerate(high)) + low)


def _number(text: str) -> int:
    if text.startswith("0x"):
        return int(text[2:] or "0", 16)
    return int(text, 8) if text.startswith("0") else int(text)


def is_odd(host: str, address: Address) -> bool:
    """Say whether `host` is another spelling of `address` than the plain one."""
    if isinstance(address, IPv4Address):
        return host != str(address)
    try:
        return ip_address(host) != address
    except ValueError:
        return True
