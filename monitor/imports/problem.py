"""What keeps a whole file from being imported."""

from __future__ import annotations

from monitor.mistake import MistakeError


class ImportProblemError(MistakeError):
    """A file cannot be imported as asked; the message names it, what is wrong and the mend."""
