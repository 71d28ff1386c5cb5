"""Which addresses a fetch may reach, and what an address is that is written in an odd way.

A `Guard` judges a URL before it is asked for, and every address again just before a connection is made to it;
docs/safety.md tells where. This room knows of no site.
"""

from monitor.addresses.allowance import DEFAULT_PORTS, Allowance, own_address
from monitor.addresses.connecting import connected
from monitor.addresses.guard import ForbiddenAddressError, Guard
from monitor.addresses.networks import Address, Network, Reach, network_of, plain
from monitor.addresses.spelling import literal_address

__all__ = [
    "DEFAULT_PORTS",
    "Address",
    "Allowance",
    "ForbiddenAddressError",
    "Guard",
    "Network",
    "Reach",
    "connected",
    "literal_address",
    "network_of",
    "own_address",
    "plain",
]
