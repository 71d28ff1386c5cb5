"""Characters that stand for other characters (normalisation.yaml)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from monitor.classifiers.lexicon.source import Strict, read


class Characters(Strict):
    """What each character is also written as, and how sure that is."""

    confidence: str
    sources: tuple[str, ...]
    #: character → the characters that stand for it, in one string
    map: dict[str, str]


class Parts(Strict):
    """What each character is written as in parts, side by side."""

    confidence: str
    sources: tuple[str, ...]
    map: dict[str, tuple[str, ...]]


class Normalisation(Strict):
    """normalisation.yaml."""

    look_alikes: Characters
    near_alikes: Characters
    parts: Parts
    emoji: Characters


@cache
def normalisation(folder: Path = Path(__file__).parent) -> Normalisation:
    """The tables of `folder`.

    Raises:
        LexiconError: normalisation.yaml cannot be used.

    """
    return read(folder / "normalisation.yaml", Normalisation)


@cache
def look_alikes() -> dict[str, str]:
    """Look-alike → the character it is always read as."""
    return {alike: right for right, alikes in normalisation().look_alikes.map.items() for alike in alikes}
