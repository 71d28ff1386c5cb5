"""Sellers that are one and the same business or work together (关联经营者): linked by rule, and explained.

Two sellers are linked when they publish the same unified social credit code, the same business phone, or the
same address down to the house. Links carry on: A with B by code, B with C by phone, so A with C, and
`LinkedGroup.chain` says how. Phone numbers come in only as a keyed HMAC; nothing here sees a number.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections import defaultdict, deque
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from monitor.listing import Seller


class LinkKind(StrEnum):
    """What two sellers share."""

    #: unified social credit code (统一社会信用代码)
    LICENCE = "licence"
    #: business phone, compared as a keyed HMAC
    PHONE = "phone"
    #: published address with a house or room number
    ADDRESS = "address"


_CHINESE = {LinkKind.LICENCE: "统一社会信用代码", LinkKind.PHONE: "联系电话", LinkKind.ADDRESS: "公示地址"}
_CODE = re.compile(r"^[0-9A-HJ-NPQRTUWXY]{18}$")
_NO_MEANING = re.compile(r"[\s\W_]+")
#: A street and a house, or a room: less than that is shared by a whole village or market.
_HOUSE = re.compile(r"\d[\da-z]*(?:号|室|幢|栋|座|单元|楼|层|铺|摊)|\d{3,}$")
_COUNTRY = re.compile(r"^(?:86|0086)(?=1\d{10}$|0\d{9,11}$)")
_SHORTEST_ADDRESS = 9
#: A code of fewer different characters stands in for one that was not given (000…).
_FEWEST_CHARACTERS = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class SellerRecord:
    """A seller as one site shows it, with what it may be linked by."""

    #: name of the site profile
    site: str
    seller: Seller
    #: keyed HMACs of its business phones, see `phone_hmac`
    phones: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """How reasons name it: site and shop."""
        return f"{self.site}/{self.seller.name or self.seller.key or '未命名'}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """Two sellers, by their places in the input, and what they share."""

    first: int
    second: int
    kind: LinkKind
    #: the shared code or address; for a phone the first characters of the HMAC
    shared: str

    @property
    def why(self) -> str:
        """The reason in Chinese."""
        return f"{_CHINESE[self.kind]}相同({self.shared})"


@dataclass(frozen=True, kw_only=True, slots=True)
class LinkedGroup:
    """Sellers that hang together, and the links that prove it."""

    #: places in the input, ascending; at least two
    members: tuple[int, ...]
    #: each shared value links the first that has it with all others that have it
    links: tuple[Link, ...]

    def chain(self, first: int, second: int) -> tuple[Link, ...]:
        """Return the shortest chain of links from one member to another, each read from first to second.

        Raises:
            KeyError: one of the two is no member.

        """
        for member in (first, second):
            if member not in self.members:
                raise KeyError(f"seller {member} is not in this group")
        neighbours: dict[int, list[tuple[int, Link]]] = defaultdict(list)
        for link in self.links:
            neighbours[link.first].append((link.second, link))
            neighbours[link.second].append((link.first, link))
        ways: dict[int, tuple[Link, ...]] = {first: ()}
        waiting = deque([first])
        while second not in ways:
            here = waiting.popleft()
            for there, link in neighbours[here]:
                if there not in ways:
                    ways[there] = (*ways[here], link)
                    waiting.append(there)
        return _shortened(first, ways[second])


def linked(sellers: Iterable[SellerRecord]) -> tuple[LinkedGroup, ...]:
    """Group the sellers that share a code, a phone or an address, transitively.

    The same shop of one site given twice counts as two records; groups come in the order of their first
    member, and do not depend on the order of the input otherwise.
    """
    records = list(sellers)
    sharing: dict[tuple[LinkKind, str], list[int]] = defaultdict(list)
    for place, record in enumerate(records):
        for key in sorted(_keys(record)):
            sharing[key].append(place)
    links = [
        Link(
            first=places[0], second=other, kind=kind, shared=shared[:12] if kind is LinkKind.PHONE else shared
        )
        for (kind, shared), places in sharing.items()
        for other in places[1:]
    ]
    return _groups(len(records), links)


def explain(group: LinkedGroup, sellers: Sequence[SellerRecord], first: int, second: int) -> str:
    """Say in Chinese how two members hang together, link by link."""
    steps = (f"—{link.why}→ {sellers[link.second].name}" for link in group.chain(first, second))
    return " ".join((sellers[first].name, *steps))


def phone_hmac(number: str, key: bytes) -> str:
    """Return the keyed HMAC-SHA-256 of a phone number, in hexadecimal, for linking.

    Raises:
        ValueError: the key is shorter than 16 bytes, or the number has fewer than 7 digits.

    """
    if len(key) < 16:
        raise ValueError("the key for phone numbers has fewer than 16 bytes: give a longer one")
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", number))
    digits = _COUNTRY.sub("", digits)
    if len(digits) < 7:
        raise ValueError("a phone number has at least 7 digits")
    return hmac.new(key, digits.encode(), hashlib.sha256).hexdigest()


def _shortened(start: int, way: tuple[Link, ...]) -> tuple[Link, ...]:
    """Make one link of neighbouring ones by the same value: all that have it share it with each other."""
    here, short = start, list[Link]()
    for link in way:
        there = link.second if link.first == here else link.first
        if short and (short[-1].kind, short[-1].shared) == (link.kind, link.shared):
            before = short.pop()
            here = before.first
        short.append(Link(first=here, second=there, kind=link.kind, shared=link.shared))
        here = there
    return tuple(short)


def _keys(record: SellerRecord) -> set[tuple[LinkKind, str]]:
    keys = {(LinkKind.PHONE, phone) for phone in record.phones}
    code = re.sub(r"[\s-]+", "", unicodedata.normalize("NFKC", record.seller.credit_code or "")).upper()
    if _CODE.match(code) and len(set(code)) >= _FEWEST_CHARACTERS:
        keys.add((LinkKind.LICENCE, code))
    address = _NO_MEANING.sub("", unicodedata.normalize("NFKC", record.seller.address or "")).lower()
    if len(address) >= _SHORTEST_ADDRESS and _HOUSE.search(address):
        keys.add((LinkKind.ADDRESS, address))
    return keys


def _groups(size: int, links: list[Link]) -> tuple[LinkedGroup, ...]:
    leader = list(range(size))

    def find(place: int) -> int:
        while leader[place] != place:
            leader[place] = leader[leader[place]]
            place = leader[place]
        return place

    for link in links:
        low, high = sorted((find(link.first), find(link.second)))
        leader[high] = low
    members: dict[int, list[int]] = defaultdict(list)
    for place in range(size):
        members[find(place)].append(place)
    proofs: dict[int, list[Link]] = defaultdict(list)
    for link in links:
        proofs[find(link.first)].append(link)
    return tuple(
        LinkedGroup(members=tuple(places), links=tuple(proofs[first]))
        for first, places in members.items()
        if len(places) > 1
    )
