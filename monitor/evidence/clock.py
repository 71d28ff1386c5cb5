"""Whether this machine's clock can be trusted, as its kernel tells."""

from __future__ import annotations

import ctypes
import sys
from typing import Any

_UNSYNCHRONISED = 0x0040  # STA_UNSYNC
_NANOSECONDS = 0x2000  # STA_NANO


class _Timex(ctypes.Structure):
    """The beginning of Linux's ``struct timex``; the rest is room for what we do not read."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_char * 256),
    )


def clock_facts() -> dict[str, Any]:
    """Return what the kernel's NTP discipline says of the clock.

    ``synchronised`` is True or False, or None where the system does not tell; ``offset_seconds`` is how far
    the clock stood from its reference, None when unknown; ``largest_error_seconds`` the kernel's own bound.
    """
    unknown = {"synchronised": None, "offset_seconds": None, "largest_error_seconds": None}
    if not sys.platform.startswith("linux"):
        return unknown
    state = _Timex()
    try:
        if ctypes.CDLL(None).adjtimex(ctypes.byref(state)) < 0:
            return unknown
    except (OSError, AttributeError):
        return unknown
    if state.status & _UNSYNCHRONISED:
        return {**unknown, "synchronised": False}
    return {
        "synchronised": True,
        "offset_seconds": state.offset / (1e9 if state.status & _NANOSECONDS else 1e6),
        "largest_error_seconds": state.maxerror / 1e6,
    }
