"""The columns of the review list (审核清单): what the page says, and where the reviewer writes.

What the classifiers think stands on a sheet of its own, so that a sampled row looks like any other: also left
out here are whether the detail page was read and whether it is preserved, which tell a suspect from the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from monitor.exporters.sheets.cells import masked
from monitor.exporters.sheets.columns import Column, Kind
from monitor.exporters.suspect_columns import suspect_columns

if TYPE_CHECKING:
    from collections.abc import Callable

    from monitor.exporters.sheets.columns import Cell
    from monitor.storage.suspects import SuspectRow

#: (what guards the row against edited numbers, the listing)
Guarded: TypeAlias = "tuple[str, SuspectRow]"

NUMBER, DECISION, REASON, COMMENT = "编号", "审核结论", "排除原因", "备注"
DUPLICATE_OF, REVIEWER, DAY, GUARD = "重复于", "审核人", "审核日期", "校验码"

_TITLE = "商品标题"
_FACTS = (
    "价格", "币种", "CCC证书编号", "执行标准", "适用年龄", "生产企业", "平台", "店铺", "主体名称",
    "统一社会信用代码", "公示地址", "页面所在地", "店铺链接", "首次发现", "最近所见",
)  # fmt: skip
_OPINION = (
    "编号", "风险", "严重程度", "商品标题", "疑点说明", "危险品种", "重点产品", "命中文字", "规避手法",
    "依据代码", "把握度", "类别", "采集与固证",
)  # fmt: skip


def review_columns() -> tuple[Column[Guarded], ...]:
    """Give the columns of the sheet that is filled in."""
    facts = {column.title: column for column in suspect_columns()}
    return (
        _of(facts[NUMBER]),
        Column(
            title=_TITLE,
            kind=Kind.WRAPPED,
            width=42,
            about="页面原文，命中的文字不标红，以免影响判断。手机号、身份证号以 * 遮盖",
            value=lambda item: masked(item[1].title),
        ),
        _of(facts["商品链接"]),
        _blank(DECISION, 13, "从下拉列表选：确认、排除、需补充信息、重复；不填表示尚未审核"),
        _blank(REASON, 15, "结论为“排除”时必填，从下拉列表选"),
        _blank(COMMENT, 28, "自由填写；原因为“其他”时必填"),
        _blank(DUPLICATE_OF, 9, "结论为“重复”时必填：与哪一条重复，填那一条的编号"),
        _blank(REVIEWER, 11, "必填；也可在导入时统一给出"),
        _blank(DAY, 13, "可不填；不填按导入时间"),
        *(_of(facts[title]) for title in _FACTS),
        Column(
            title=GUARD,
            kind=Kind.TEXT,
            width=16,
            about="隐藏栏，用于核对编号未被改动，请勿修改",
            value=lambda item: item[0],
        ),
    )


def opinion_columns() -> tuple[Column[SuspectRow], ...]:
    """Give the columns of the sheet that says what the classifiers think, in the same order of rows."""
    columns = {column.title: column for column in suspect_columns()}
    return tuple(columns[title] for title in _OPINION)


def _of(column: Column[SuspectRow]) -> Column[Guarded]:
    def value(item: Guarded) -> Cell:
        return column.value(item[1])

    return _column(column.title, column.kind, column.width, column.about, value)


def _blank(title: str, width: float, about: str) -> Column[Guarded]:
    return _column(title, Kind.BLANK, width, about, lambda _: None)


def _column(
    title: str, kind: Kind, width: float, about: str, value: Callable[[Guarded], Cell]
) -> Column[Guarded]:
    return Column(title=title, kind=kind, width=width, about=about, value=value)
