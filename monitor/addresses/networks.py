"""The networks of `networks.yaml`: whose an address is, and who may reach it."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

Address = IPv4Address | IPv6Address


class Reach(StrEnum):
    """Who may reach a network."""

    OPEN = "open"
    ALLOWABLE = "allowable"
    NEVER = "never"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Network(_Part):
    """A network and what is known of it."""

    network: IPv4Network | IPv6Network
    reach: Reach
    name: str
    source: str


class StandsForIPv4(_Part):
    network: IPv6Network
    name: str
    source: str


class Book(_Part):
    networks: tuple[Network, ...]
    stand_for_ipv4: tuple[StandsForIPv4, ...]


@lru_cache(maxsize=1)
def book() -> Book:
    file = Path(__file__).with_name("networks.yaml")
    return Book.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))


def plain(address: Address) -> Address:
    """Return the IPv4 address that an IPv4-mapped or NAT64 address stands for; others as they are."""
    if isinstance(address, IPv6Address):
        if address.scope_id is not None:
            address = IPv6Address(int(address))
        if any(address in each.network for each in book().stand_for_ipv4):
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


@lru_cache(maxsize=4096)
def network_of(address: Address) -> Network:
    """Name the network that decides on an address."""
    address = plain(address)
    if isinstance(address, IPv6Address) and (int(address) >> 32) & 0xFDFFFFFF == 0x5EFE:
        return Network(network=IPv6Network(address), reach=Reach.NEVER, name="ISATAP", source="RFC 5214")
    holding = (
        each
        for each in book().networks
        if each.network.version == address.version and address in each.network
    )
    return max(holding, key=lambda each: each.network.prefixlen)
