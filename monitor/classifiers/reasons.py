"""Sentences for the analyst, in Chinese."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from monitor.classifiers.finding import Evasion
from monitor.classifiers.lexicon.taxonomy import load_taxonomy

if TYPE_CHECKING:
    from monitor.classifiers.lexicon.schema import Claim, Product

_FIELDS = {"title": "标题", "description": "详情描述", "shop": "店铺名"}
_TECHNIQUES = {
    Evasion.SYMBOLS: "插入符号或重复字符",
    Evasion.WIDTH: "全角或兼容字符",
    Evasion.TRADITIONAL: "繁体字",
    Evasion.PINYIN: "拼音或字母",
    Evasion.HOMOPHONE: "同音字",
    Evasion.GLYPH: "形近字或图形",
    Evasion.SPLIT: "拆字",
    Evasion.MIXED: "多种变形",
}


def field_name(field: str) -> str:
    """What analysts call a field of a listing: ``attributes.age`` → 参数“适用年龄”."""
    if field in _FIELDS:
        return _FIELDS[field]
    return f"参数“{_stated_titles().get(field) or field.removeprefix('attributes.')}”"


@cache
def _stated_titles() -> dict[str, str]:
    """Unified attributes by the names under which the taxonomy asks for them, the first of several."""
    titles: dict[str, str] = {}
    for profile in load_taxonomy().profiles.values():
        for stated in profile.states:
            if stated.field is not None:
                titles.setdefault(stated.field, stated.title)
    return titles


def hazard_reason(hazard: Product, field: str, matched: str, evasion: Evasion | None) -> str:
    """Why a listing with a hazard deserves a look."""
    disguise = f"（{_TECHNIQUES[evasion]}的变形写法）" if evasion else ""
    return f"{field_name(field)}出现“{matched}”{disguise}，疑似{hazard.term}：{hazard.about}"


def claim_reason(claim: Claim, field: str, matched: str) -> str:
    """Why a claim deserves a look."""
    return f"{field_name(field)}{claim.says.format(matched=matched)}"
