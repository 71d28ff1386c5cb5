"""Why a title was judged so: its words, the sum of the risk term by term, and what was dropped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.classifiers.classify import default_classifier
from monitor.classifiers.offer import Doubt
from monitor.listing import Listing

if TYPE_CHECKING:
    from monitor.classifiers.classify import Classifier, Looked
    from monitor.classifiers.finding import Classification
    from monitor.classifiers.hazards import Judged

_WHY = {
    Doubt.VETO: "属于别的词或别的商品",
    Doubt.STRADDLED: "跨越了词典中的另一个词",
    Doubt.ORDINARY_WORD: "同音或形近处本身是一个普通词",
    Doubt.DENIED: "被否定或警示",
    Doubt.TALK: "是宣传、科普等文字或图片，不是商品",
    Doubt.ACCESSORY: "卖的是配件或周边",
    Doubt.OTHER_GOOD: "修饰语或后面的词表明是另一种商品",
    Doubt.ALONE: "单独出现说明不了什么，旁边没有佐证词",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One term of the sum."""

    #: In Chinese.
    reason: str
    points: float


@dataclass(frozen=True, slots=True)
class Dropped:
    """A spelling of a dangerous good that was met and is no finding."""

    hazard: str
    matched: str
    #: Code points in the title, end exclusive.
    start: int
    end: int
    #: In Chinese.
    why: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a person wants to see of one title."""

    #: Matched words in the title: code points, end exclusive, ascending and apart from each other.
    spans: tuple[tuple[int, int], ...]
    #: Terms of the risk, largest first; capped at 1 their sum is the risk.
    parts: tuple[Part, ...]
    dropped: tuple[Dropped, ...]


def explain(title: str, classification: Classification, classifier: Classifier | None = None) -> Explanation:
    """Explain the `classification` of `title`.

    `classifier` is the one that made it; by default the one over the shipped lexicon.
    """
    workings = (classifier or default_classifier()).work_out(Listing(site="", url="", title=title))
    spans = sorted(
        {(f.start, f.end) for f in classification.findings if f.field == "title" and f.end > f.start}
    )
    return Explanation(
        spans=tuple(_apart(spans)),
        parts=tuple(Part(term.why, term.points) for term in workings.terms),
        dropped=tuple(
            _dropped(look, judged)
            for look in workings.looked
            for judged in look.judged
            if judged.verdict is not None
        ),
    )


def _dropped(look: Looked, judged: Judged) -> Dropped:
    assert judged.verdict is not None
    start, end = look.reading.normalised.span(*judged.candidate.place)
    return Dropped(
        hazard=judged.candidate.hazard.id,
        matched=look.reading.normalised.original[start:end],
        start=start,
        end=end,
        why=_WHY[judged.verdict.doubt],
    )


def _apart(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged
