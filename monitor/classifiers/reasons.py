"""Sentences for the analyst, in Chinese."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.classifiers.finding import Evasion

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
    """What analysts call a field of a listing."""
    return _FIELDS.get(field) or f"参数“{field.removeprefix('attributes.')}”"


def hazard_reason(hazard: Product, field: str, matched: str, evasion: Evasion | None) -> str:
    """Why a listing with a hazard deserves a look."""
    disguise = f"（{_TECHNIQUES[evasion]}的变形写法）" if evasion else ""
    return f"{field_name(field)}出现“{matched}”{disguise}，疑似{hazard.term}：{hazard.about}"


def claim_reason(claim: Claim, field: str, matched: str) -> str:
    """Why a claim deserves a look."""
    return f"{field_name(field)}{claim.says.format(matched=matched)}"
