"""Mistakes in the arguments of a command; those of its work stand with the work, see `monitor.mistake`."""

from __future__ import annotations

from monitor.mistake import MistakeError


class UsageMistakeError(MistakeError):
    """Arguments that do not go together, or a file that is not there."""
