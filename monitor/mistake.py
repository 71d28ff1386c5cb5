"""MistakeError: what a person did and can mend. Imports nothing from the rest of the house."""

from __future__ import annotations

from typing import ClassVar


class MistakeError(Exception):
    """Base of all errors whose message says what was wrong, where, and the mend: people see that alone."""

    #: what the command line's exit status is then
    status: ClassVar[int] = 2
