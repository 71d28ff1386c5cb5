"""疑似重新上架: which listings look like one that is gone. Pure: offers in, links with Chinese reasons out.

A link is a clue for a person, not a proof. What counts, and how much, stands in `relisting.yaml`.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache
from itertools import chain, combinations
from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz import fuzz

from monitor.classifiers.normalise import HAN, spelled
from monitor.classifiers.segmentation import segmenter
from monitor.matching.picture_print import BITS, distance
from monitor.matching.relisting_rules import relisting_rules
from monitor.storage.pictures import picture_address
from monitor.storage.relistings import RelistingLink

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from decimal import Decimal

    from numpy.typing import NDArray

    from monitor.storage.relistings import Offer

#: Candidates are found by the rarest words of a title, and the rarest pairs of its words wherever they stand,
#: among titles of the same subject: so many of each.
_RAREST_WORDS, _RAREST_PAIRS = 2, 6
#: Of newcomers that share one of them, only so many are looked at.
_SHARING = 100
#: Titles that have a smaller part of their characters in common are not compared any further.
_LEAST_COMMON = 0.5
#: A picture that more offers than this share, or have one like it, is one that a shop puts everywhere.
_PLACEHOLDER = 20
#: Of the listings that look like one gone listing, only so many are kept, the most alike first.
_MOST = 5
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]+|[一-鿿])?")
#: Han characters, which the tokenizer cuts, and the rest, which is whole as it stands.
_RUNS = re.compile(rf"([{HAN}]+)|([^\W_{HAN}]+)")
_NOT_TEXT = re.compile(r"[\W_]+")
_SHORTEST_TITLE = 4
#: A title of more words is no title; the pairs of its words would be too many.
_MOST_WORDS = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """How much two offers are alike, and why."""

    #: 0–1
    score: float
    #: Chinese: what speaks for it, most important first, then what speaks against it
    reasons: tuple[str, ...]


def find_relistings(
    gone: Iterable[Offer], newcomers: Iterable[Offer], threshold: float
) -> list[RelistingLink]:
    """Link listings that are gone with those that came up after each was last seen on offer.

    Only offers that share a certificate, a picture or the look of one, or a subject and a rare part of the
    title are compared.
    """
    old = [_Print(offer) for offer in gone]
    new = [_Print(offer) for offer in newcomers]
    index = _Index(old, new)
    links: list[RelistingLink] = []
    for one in old:
        scored = [
            (compared, other)
            for other in index.candidates(one)
            if other.offer.first_seen_at > one.offer.last_seen_at
            and (compared := _compare(one, other)).score >= threshold
        ]
        scored.sort(key=lambda each: (-each[0].score, each[1].offer.listing_id))
        links += [
            RelistingLink(
                gone_listing_id=one.offer.listing_id,
                listing_id=other.offer.listing_id,
                score=compared.score,
                reasons=compared.reasons,
            )
            for compared, other in scored[:_MOST]
        ]
    return links


def compare(gone: Offer, newcomer: Offer) -> Comparison:
    """Hold one offer against another, whenever they were seen."""
    return _compare(_Print(gone), _Print(newcomer))


class _Print:
    """An offer with all that is compared worked out once."""

    __slots__ = (
        "brand",
        "ccc",
        "characters",
        "fingerprint",
        "image",
        "maker",
        "model",
        "numbers",
        "offer",
        "title",
        "words",
    )

    def __init__(self, offer: Offer) -> None:
        self.offer = offer
        text = spelled(offer.title)
        self.numbers = frozenset(match[0].replace(" ", "") for match in _NUMBER.finditer(text))
        self.words = tuple(_words(text))
        self.title = "".join(self.words)
        self.characters = frozenset(self.title)
        self.ccc = _digits(offer.ccc_number)
        self.model = _value(offer.model)
        self.brand = _value(offer.brand)
        self.maker = _value(offer.manufacturer)
        self.image = picture_address(offer.image_url)
        self.fingerprint = offer.fingerprint

    def parts(self) -> Iterator[tuple[str, ...]]:
        """The words of the title, each once, and every two of them."""
        words = sorted(set(self.words))[:_MOST_WORDS]
        yield from ((word,) for word in words)
        yield from combinations(words, 2)

    def resembles(self, other: _Print) -> bool:
        """Be quick about those that have next to nothing in common."""
        shorter = min(len(self.characters), len(other.characters))
        return len(self.characters & other.characters) >= _LEAST_COMMON * shorter > 0

    def forget_picture(self) -> None:
        """Let the picture count for nothing."""
        self.image = self.fingerprint = None


class _Looks:
    """Offers by what their pictures look like. Holding one against 50,000 takes well under a millisecond."""

    def __init__(self, offers: Iterable[_Print]) -> None:
        self._offers = [each for each in offers if each.fingerprint]
        self._bits = _bits(each.fingerprint or "" for each in self._offers)

    def like(self, one: _Print) -> list[_Print]:
        """Those whose pictures look like that of `one`, itself included if it is here."""
        if not one.fingerprint or not self._offers:
            return []
        apart = np.bitwise_count(self._bits ^ _bits([one.fingerprint])).sum(axis=1)
        near = np.flatnonzero(apart <= relisting_rules().picture.to)
        return [self._offers[at] for at in near]


def _bits(fingerprints: Iterable[str]) -> NDArray[np.uint64]:
    """Two numbers of 64 bits for each."""
    halves = [(int(each[:16], 16), int(each[16:], 16)) for each in fingerprints]
    return np.array(halves, dtype=np.uint64).reshape(-1, 2)


class _Index:
    """Newcomers by what they may share with a gone one. Pictures that say nothing are forgotten first."""

    def __init__(self, old: Sequence[_Print], new: Sequence[_Print]) -> None:
        _forget_placeholders(old, new)
        self._frequency: Counter[tuple[str, ...]] = Counter(
            (subject, *part)
            for each in (*old, *new)
            for subject in each.offer.subjects
            for part in each.parts()
        )
        self._looks = _Looks(new)
        self._by_identity: dict[str, list[_Print]] = defaultdict(list)
        self._by_part: dict[tuple[str, ...], list[_Print]] = defaultdict(list)
        for each in new:
            for identity in _identities(each):
                self._by_identity[identity].append(each)
            for part in self._rarest(each):
                self._by_part[part].append(each)

    def candidates(self, one: _Print) -> Iterator[_Print]:
        """Those worth comparing with `one`, each once."""
        seen = {one.offer.listing_id}
        identities = (self._by_identity.get(key, ()) for key in _identities(one))
        alike = (filter(one.resembles, self._by_part.get(key, ())[:_SHARING]) for key in self._rarest(one))
        for other in chain.from_iterable((*identities, self._looks.like(one), *alike)):
            if other.offer.listing_id not in seen:
                seen.add(other.offer.listing_id)
                yield other

    def _rarest(self, each: _Print) -> Iterator[tuple[str, ...]]:
        for subject in each.offer.subjects:
            keys = sorted(((subject, *part) for part in each.parts()), key=self._frequency.__getitem__)
            yield from [key for key in keys if len(key) == 2][:_RAREST_WORDS]
            yield from [key for key in keys if len(key) == 3][:_RAREST_PAIRS]


def _identities(each: _Print) -> Iterator[str]:
    if each.ccc:
        yield f"ccc:{each.ccc}"
    if each.image:
        yield f"image:{each.image}"


def _forget_placeholders(old: Sequence[_Print], new: Sequence[_Print]) -> None:
    """Let pictures count for nothing that stand everywhere: a shop's sign, a word for "no picture"."""
    everyone = (*old, *new)
    addresses = Counter(each.image for each in everyone if each.image)
    looks = _Looks(everyone)
    # an offer whose own picture says nothing is linked by no picture, so only the gone ones are looked at
    common = [
        each
        for each in old
        if addresses[each.image or ""] > _PLACEHOLDER or len(looks.like(each)) > _PLACEHOLDER
    ]
    for each in common:
        each.forget_picture()


def _compare(one: _Print, other: _Print) -> Comparison:
    rules = relisting_rules()
    parts = [part for part in (_titles(one, other), *_attributes(one, other), _seller(one, other)) if part]
    parts += [part for part in (_pictures(one, other), _prices(one.offer.price, other.offer.price)) if part]
    if one.numbers and other.numbers and not one.numbers & other.numbers:
        parts.append((rules.different.numbers, "标题中的规格数量不同"))
    speaking_for = sorted((part for part in parts if part[0] > 0), key=lambda part: -part[0])
    against = sorted((part for part in parts if part[0] < 0), key=lambda part: part[0])
    score = min(1.0, max(0.0, sum(weight for weight, _ in parts)))
    reasons = (*(said for _, said in speaking_for), *(f"不同之处：{said}" for _, said in against))
    return Comparison(score=round(score, 4), reasons=reasons)


def _titles(one: _Print, other: _Print) -> tuple[float, str] | None:
    rule = relisting_rules().title
    if min(len(one.title), len(other.title)) < _SHORTEST_TITLE:
        return None
    in_order = fuzz.ratio(one.title, other.title)
    # words that only changed places; the processor is off, both are normalised
    moved = fuzz.token_sort_ratio(" ".join(one.words), " ".join(other.words))
    alike = max(in_order, moved) / 100
    if alike <= rule.from_:
        return None
    share = min(1.0, (alike - rule.from_) / (rule.full - rule.from_))
    return rule.weight * share, f"标题相似度 {alike:.0%}"


def _attributes(one: _Print, other: _Print) -> Iterator[tuple[float, str]]:
    same, different = relisting_rules().same, relisting_rules().different
    if one.ccc and other.ccc:
        if one.ccc == other.ccc:
            yield same.ccc_number, f"CCC证书编号相同（{one.ccc}）"
        else:
            yield different.ccc_number, "CCC证书编号不同"
    for name, mine, theirs, gain, loss in (
        ("型号", one.model, other.model, same.model, different.model),
        ("生产企业", one.maker, other.maker, same.manufacturer, different.manufacturer),
        ("品牌", one.brand, other.brand, same.brand, different.brand),
    ):
        if mine and theirs:
            alike = mine == theirs
            yield (gain, f"{name}相同（{mine}）") if alike else (loss, f"{name}不同")


def _seller(one: _Print, other: _Print) -> tuple[float, str] | None:
    weight = relisting_rules().same.seller
    mine, theirs = one.offer, other.offer
    if mine.seller_key and (mine.site, mine.seller_key) == (theirs.site, theirs.seller_key):
        return weight, "同一店铺"
    if mine.credit_code and mine.credit_code == theirs.credit_code:
        return weight, f"同一经营者（统一社会信用代码 {mine.credit_code}）"
    return None


def _pictures(one: _Print, other: _Print) -> tuple[float, str] | None:
    if one.image and one.image == other.image:
        return relisting_rules().same.image, "主图相同（图片地址一致）"
    if not one.fingerprint or not other.fingerprint:
        return None
    bits = distance(one.fingerprint, other.fingerprint)
    counts = relisting_rules().picture.counts(bits)
    return (counts, f"主图相似（图像指纹相差 {bits} 位，共 {BITS} 位）") if counts else None


def _prices(one: Decimal | None, other: Decimal | None) -> tuple[float, str] | None:
    rule = relisting_rules().price
    if not one or not other:
        return None
    low, high = sorted((one, other))
    apart = float((high - low) / low)
    said = f"¥{one} → ¥{other}"
    if apart <= rule.close.within:
        return rule.close.weight, f"价格相近（{said}）"
    if apart <= rule.near.within:
        return rule.near.weight, f"价格接近（{said}）"
    if float(high / low) >= rule.far.times:
        return rule.far.weight, f"价格悬殊（{said}）"
    return None


def _words(text: str) -> Iterator[str]:
    """The words of a title that say something of the good."""
    cut = segmenter()
    for han, other in _RUNS.findall(_fillers().sub(" ", text)):
        yield from cut(han) if han else (other,)


@cache
def _fillers() -> re.Pattern[str]:
    words = sorted((spelled(word) for word in relisting_rules().fillers), key=lambda word: -len(word))
    return re.compile("|".join(map(re.escape, words)))


def _value(said: str | None) -> str | None:
    text = _NOT_TEXT.sub("", unicodedata.normalize("NFKC", said or "")).lower()
    return None if not text or text in _nothing() else text


@cache
def _nothing() -> frozenset[str]:
    return frozenset(_NOT_TEXT.sub("", word).lower() for word in relisting_rules().nothing)


def _digits(number: str | None) -> str | None:
    found = re.sub(r"\D", "", unicodedata.normalize("NFKC", number or ""))
    # a CCC number has 16 digits; repeated digits stand in for one that was not given
    return found if len(found) == 16 and len(set(found)) > 2 else None
