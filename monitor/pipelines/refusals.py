"""Refusal: a page that is not fetched, or not taken, because that would not be safe."""

from __future__ import annotations

from scrapy.exceptions import IgnoreRequest


class Refusal(IgnoreRequest):
    """Ends the unit; the message is the unit's reason. It is not tried again: the site would do the same."""
