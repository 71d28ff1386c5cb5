"""The words of a listing in a letter: suspected acts, the original text with what matched, legal bases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docxtpl import RichText

from monitor.classifiers import Basis, FindingKind
from monitor.exporters.labels import labels, lexicon, named
from monitor.exporters.sheets.cells import masked, merged, printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from monitor.classifiers import Finding
    from monitor.storage.lead_snapshot import LeadSnapshot

#: How matched text is emphasised.
_MARK = {"bold": True, "color": "C00000", "underline": True}
#: Characters shown around the matched words of a long text.
_AROUND = 30
_LONG = 120


@dataclass(frozen=True, kw_only=True, slots=True)
class BasisLine:
    """One legal basis as the letter states it."""

    code: str
    text: str
    source: str
    #: 高, 中, 推断, 待核
    confidence: str


def plain(text: str | None) -> str:
    """Give text of a page without the numbers of people and without what a file cannot hold."""
    return printable(masked(text)) if text else ""


def emphasised(text: str, spans: Iterable[tuple[int, int]]) -> RichText:
    """Give `text` with `spans` (code points, end exclusive) in bold, underlined red."""
    shown = printable(masked(text))
    rich = RichText()
    done = 0
    for start, end in merged(spans, len(shown)):
        if done < start:
            rich.add(shown[done:start])
        rich.add(shown[start:end], **_MARK)
        done = end
    if done < len(shown) or not shown:
        rich.add(shown[done:])
    return rich


def original_words(snapshot: LeadSnapshot) -> list[RichText]:
    """Give every text that findings rest on, by field: short ones whole, long ones around the words."""
    found = []
    for field, text in snapshot.texts.items():
        spans = [(f.start, f.end) for f in snapshot.findings if f.field == field and f.matched]
        if not spans or field == "title":
            continue
        start, end = _window(text, merged(spans, len(text)))
        label = f"{labels().field(field)}：" + ("…" if start else "")
        shown = label + masked(text)[start:end] + ("…" if end < len(text) else "")
        moved = len(label) - start
        found.append(emphasised(shown, [(a + moved, b + moved) for a, b in spans if b <= end]))
    return found


def _window(text: str, spans: Sequence[tuple[int, int]]) -> tuple[int, int]:
    if len(text) <= _LONG:
        return 0, len(text)
    first, last = spans[0][0], spans[-1][1]
    if last - first > 2 * _LONG:
        last = first + 2 * _LONG
    return max(first - _AROUND, 0), min(last + _AROUND, len(text))


def title_of(snapshot: LeadSnapshot) -> RichText:
    """Give the title with the words that findings rest on emphasised."""
    return emphasised(snapshot.title, [(f.start, f.end) for f in snapshot.findings if f.field == "title"])


def carrying(snapshot: LeadSnapshot) -> tuple[Finding, ...]:
    """Give the findings that can carry a lead: with a basis other than a mere warning (ADV)."""
    return tuple(f for f in snapshot.findings if set(f.basis) - {Basis.ADV})


def suspected_acts(snapshot: LeadSnapshot) -> list[str]:
    """Say what is suspected of the goods themselves: dangerous ones, and focus products, by name."""
    acts = []
    for finding in carrying(snapshot):
        if finding.kind is FindingKind.HAZARD:
            acts.append(f"涉嫌销售{named(finding)}")
        elif finding.kind is FindingKind.FOCUS:
            acts.append(f"所售{named(finding)}是否符合要求须经检验或核查")
    return list(dict.fromkeys(acts))


def other_clues(snapshot: LeadSnapshot) -> list[str]:
    """Give the reasons of claims and marks: what the page says, contradicts, or leaves out."""
    kinds = (FindingKind.CLAIM, FindingKind.MARK)
    reasons = (plain(f.reason) for f in carrying(snapshot) if f.kind in kinds and f.reason)
    return list(dict.fromkeys(reasons))


def rules_hit(snapshot: LeadSnapshot) -> list[str]:
    """Name the rules that were hit, with the version of the lexicon they stand in."""
    hits = (
        f"{f.id}（{labels().severity[f.severity]}，把握度 {f.confidence:.2f}）" for f in carrying(snapshot)
    )
    return list(dict.fromkeys(hits))


def basis_lines(codes: Iterable[Basis]) -> list[BasisLine]:
    """State legal bases with their source and confidence; a mere warning (ADV) is none."""
    found = []
    for code in dict.fromkeys(codes):
        if code is Basis.ADV:
            continue
        ground = labels().bases[code]
        text = lexicon().bases.bases[code]
        line = BasisLine(code=code.value, text=text, source=ground.source, confidence=ground.confidence)
        found.append(line)
    return found
