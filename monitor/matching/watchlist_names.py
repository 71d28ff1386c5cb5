"""What a name on a list says: which part tells it apart, which part names the product, which part is talk."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from monitor.classifiers.lexicon.source import Strict, read
from monitor.classifiers.normalise import HAN, spelled
from monitor.classifiers.segmentation import segmenter

if TYPE_CHECKING:
    from collections.abc import Iterable

_FILE = Path(__file__).with_name("watchlist_words.yaml")
_BRACKETED = re.compile(r"[(\[【（][^()\[\]【】（）]*[)\]】）]")
_BLANKS = re.compile(r"\s+")
_NOT_ALNUM = re.compile(rf"[^0-9a-z{HAN}]+")
_LATIN = re.compile(r"[a-z][a-z'&.]{2,}[a-z]|[a-z]{4,}")
_BETWEEN_NAMES = re.compile(r"[/／、;；|()（）·]+")
_SCRIPTS = re.compile(rf"[{HAN}]+|[^{HAN}]+")
_MIXED = re.compile(rf"[{HAN}]+[^{HAN}]+|[^{HAN}]+[{HAN}]+")
#: Fewest single characters in a row that are taken for a name the dictionary does not know.
_RUN = 3
_SHORTEST_MODEL = 3
_SHORTEST_NAME = 2


class MatchWords(Strict):
    """watchlist_words.yaml."""

    floor: float = Field(ge=0, le=100)
    enterprise_floor: float = Field(ge=0, le=100)
    general: frozenset[str]
    qualifiers: frozenset[str]
    weak: str
    latin: frozenset[str]
    unstated: frozenset[str]
    enterprise: tuple[str, ...]


@cache
def match_words() -> MatchWords:
    """Read the shipped file."""
    return read(_FILE, MatchWords)


def plain(text: str) -> str:
    """Bring a text to the form in which names are compared: as the classifiers read it, without blanks."""
    return _BLANKS.sub("", spelled(text))


def stated(text: str | None) -> str | None:
    """Return a statement; None for what stands where there is none (``/``, 无, 未标注)."""
    value = (text or "").strip()
    return None if value.casefold() in match_words().unstated else value or None


def brand_names(text: str | None) -> tuple[str, ...]:
    """Names that a brand column holds: ``迪咕咪/Reangel`` → two."""
    value = stated(text)
    if value is None:
        return ()
    parts = {plain(value), *map(plain, _BETWEEN_NAMES.split(value))}
    # XIYUE西悦 is one name in two scripts
    parts |= {run for part in tuple(parts) if _MIXED.fullmatch(part) for run in _SCRIPTS.findall(part)}
    return tuple(sorted(part for part in parts if _tells_apart(part)))


def is_ordinary_word(name: str) -> bool:
    """Whether a dictionary has the name as a word (掌握): it is a brand only where a brand stands."""
    return bool(re.fullmatch(f"[{HAN}]+", name)) and len(list(segmenter()(name))) == 1


def model_of(text: str | None) -> str | None:
    """Bring a model to the form in which models are compared; None where it tells no two apart."""
    value = stated(text)
    if value is None:
        return None
    model = re.sub(r"[^0-9a-z]", "", re.sub(r"^(?:no|型号)[.．:：]?", "", plain(value)))
    tells = len(model) >= _SHORTEST_MODEL and any(c.isdigit() for c in model)
    return model if tells else None


def enterprise_of(text: str | None) -> str | None:
    """Bring an enterprise's name to the form in which names are compared."""
    value = stated(text)
    if value is None:
        return None
    name = _NOT_ALNUM.sub("", plain(value))
    return name if len(name) > _SHORTEST_NAME + 1 else None


@dataclass(frozen=True, slots=True)
class ProductName:
    """The name of a product without its brand."""

    #: what is compared
    text: str
    #: words of it that most goods of its kind do not have; without any the name is general
    specific: tuple[str, ...]
    #: what tells it apart where no brand is stated: a name in Latin letters or one no dictionary knows
    own: tuple[str, ...]


def product_name(text: str, brands: Iterable[str]) -> ProductName:
    """Take the name of a product apart."""
    words = match_words()
    name = plain(_BRACKETED.sub("", text)) or plain(text)
    own = _own_names(name)
    for brand in sorted(brands, key=len, reverse=True):
        name = name.replace(brand, "")
    tokens = list(segmenter()(name))
    specific = tuple(token for token in _joined(tokens) if _is_specific(token, words))
    return ProductName(text=name, specific=specific, own=own)


def _is_specific(token: str, words: MatchWords) -> bool:
    if token in words.general or token in words.qualifiers or not _NOT_ALNUM.sub("", token):
        return False
    return not re.fullmatch(r"[\d.x*×-]+[a-z%]*", token)


def _joined(tokens: list[str]) -> list[str]:
    """Join what the dictionary cut apart but the words of the file know whole (积木玩具, 一次性使用)."""
    known = match_words().general | match_words().qualifiers
    joined: list[str] = []
    at = 0
    while at < len(tokens):
        for end in range(len(tokens), at, -1):
            whole = "".join(tokens[at:end])
            if end == at + 1 or whole in known:
                joined.append(whole)
                at = end
                break
    return joined


def _own_names(name: str) -> tuple[str, ...]:
    words = match_words()
    found = [word for word in _LATIN.findall(name) if word not in words.latin]
    run = ""
    for token in [*segmenter()(name), "  "]:
        if len(token) == 1 and re.fullmatch(f"[{HAN}]", token) and token not in words.weak:
            run += token
            continue
        if len(run) >= _RUN:
            found.append(run)
        run = ""
    return tuple(found)


def _tells_apart(name: str) -> bool:
    if not name or name in match_words().unstated or name.isdigit():
        return False
    return len(name) >= (_SHORTEST_NAME if re.search(f"[{HAN}]", name) else _SHORTEST_MODEL)
