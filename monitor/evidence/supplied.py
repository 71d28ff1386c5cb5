"""What a person handed in: not fetched by us, so it proves no more than that it was handed in so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True, slots=True)
class SuppliedPage:
    """One page of a supplied file, as it stands in the record."""

    #: where it comes from: name and SHA-256 of the file, place within it, what the file claims of the page
    facts: Mapping[str, Any]
    #: ``response`` is an HTTP message as another tool recorded it, ``resource`` the bytes of a saved page
    type: Literal["response", "resource"]
    block: bytes
    #: of a resource
    content_type: str = "application/octet-stream"
