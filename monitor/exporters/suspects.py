"""疑似清单: the list of suspects, for the analysts who review them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.exporters.labels import labels, lexicon
from monitor.exporters.lists import Format, ListPlan, write_list
from monitor.exporters.sheets.notes import Notes, Section
from monitor.exporters.suspect_columns import shown, suspect_columns
from monitor.storage.progress import run_summaries
from monitor.storage.suspects import ListingFilter, count_listings, listings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from monitor.exporters.sheets.files import ExportedFile
    from monitor.storage import Connection
    from monitor.storage.suspects import SuspectRow

NAME = "疑似清单"
#: 编号 … 商品标题 stay in sight
_FROZEN = 4


def export_suspects(
    connection: Connection,
    folder: Path,
    wanted: ListingFilter,
    *,
    formats: Sequence[Format] = ("xlsx", "csv"),
    now: datetime,
    threshold: float | None = None,
    progress: Callable[[int], None] | None = None,
) -> list[ExportedFile]:
    """Write the suspects that `wanted` asks for to `folder`, highest risk first.

    Args:
        connection: a reading transaction.
        folder: made when it is not there.
        wanted: which listings.
        formats: ``xlsx``, ``csv``; both are written in one pass.
        now: a time with its zone.
        threshold: the risk from which a listing was a suspect, for the notes.
        progress: called with the rows written so far.

    Raises:
        ExportError: a file could not be written; none of them is there.

    """
    return write_suspects(
        listings(connection, wanted),
        folder,
        scope=wanted.campaign,
        about=[*_coverage(connection, wanted), ("疑似阈值", _threshold(threshold))],
        formats=formats,
        now=now,
        progress=progress,
    )


def write_suspects(
    rows: Iterable[SuspectRow],
    folder: Path,
    *,
    scope: str | None,
    about: Sequence[tuple[str, str]] = (),
    formats: Sequence[Format] = ("xlsx", "csv"),
    now: datetime,
    progress: Callable[[int], None] | None = None,
) -> list[ExportedFile]:
    """Write `rows`, wherever they come from; `scope` and `about` say in the name and the notes what they are.

    Raises:
        ExportError: a file could not be written; none of them is there.

    """
    tally = _Tally()
    plan = ListPlan(name=NAME, scope=scope, columns=suspect_columns(), frozen=_FROZEN)

    def notes() -> Notes:
        return _notes([*about, *tally.lines(), ("导出时间", f"{shown(now):%Y-%m-%d %H:%M}（北京时间）")])

    return write_list(
        plan, tally.counting(rows), notes, folder=folder, formats=formats, now=now, progress=progress
    )


class _Tally:
    """What the rows that passed by have in common."""

    def __init__(self) -> None:
        self._rows = 0
        self._undetailed = 0
        self._versions: dict[str, None] = {}

    def counting(self, rows: Iterable[SuspectRow]) -> Iterator[SuspectRow]:
        for row in rows:
            self._rows += 1
            self._undetailed += not row.detail_seen
            self._versions[row.lexicon_version] = None
            yield row

    def lines(self) -> list[tuple[str, str]]:
        return [
            ("本清单条数", f"{self._rows:,} 条，其中未采到详情页 {self._undetailed:,} 条"),
            ("词表版本", "、".join(self._versions) or "无"),
        ]


def _coverage(connection: Connection, wanted: ListingFilter) -> list[tuple[str, str]]:
    everything = ListingFilter(
        suspects_only=False,
        run_id=wanted.run_id,
        campaign=wanted.campaign,
        on_sale_only=wanted.on_sale_only,
    )
    lines = [("专项行动", wanted.campaign or "全部")]
    if wanted.run_id is not None:
        for run in run_summaries(connection, run_id=wanted.run_id):
            units = f"采集单元 {run.units} 个，已结束 {run.ended} 个"
            when = f"{shown(run.scheduled_at):%Y-%m-%d %H:%M}"
            lines = [
                ("专项行动", f"{run.title}（{run.campaign}）"),
                ("采集任务", f"第 {run.id} 号，计划时间 {when}，{units}"),
            ]
    seen = count_listings(connection, everything)
    gone = "不含已下架商品" if wanted.on_sale_only else "含已下架商品"
    return [*lines, ("范围", f"所采商品信息 {seen:,} 条中的疑似商品，{gone}；按风险从高到低排列")]


def _threshold(value: float | None) -> str:
    rule = "七类危险玩具、有加强疑点的其他危险品种和重点产品直接列入"
    return rule if value is None else f"风险不低于 {value:g}；{rule}"


def _notes(about: Sequence[tuple[str, str]]) -> Notes:
    grounds = labels().bases
    texts = lexicon().bases.bases
    return Notes(
        title="疑似清单 说明",
        sections=[
            Section(heading="本清单", lines=about),
            Section(heading="使用须知", lines=_CAUTIONS),
            Section(heading="各栏含义", lines=[(column.title, column.about) for column in suspect_columns()]),
            Section(
                heading="依据代码（摘要，引用前须由业务科核对原文）",
                lines=[
                    (code.value, f"{text}〔来源 {grounds[code].source}，置信 {grounds[code].confidence}〕")
                    for code, text in texts.items()
                ],
            ),
        ],
    )


_CAUTIONS = (
    ("线索，不是结论", "本清单由规则从公开页面筛出，供人工审核；列入清单不等于违法，也不等于质量不合格。"),
    ("缺项", "页面上没有某项标注只是线索：法定标注义务在产品或包装上，须见到实物方可认定（推断）。"),
    ("空白", "空白表示页面没有或没有采到；“仅列表”的商品尚未读取详情页，不能据其空白作任何判断。"),
    ("分级", "严重程度和风险数值是本系统的内部分级，非官方标准。"),
    ("未固证", "尚无保全的网页证据；移送或立案前须先固证。"),
    (
        "文字",
        "卖家写的内容一律按文本保存，不会作为公式运行；CSV 为此加了撇号或制表符，原文以 xlsx 和数据库为准。",
    ),
)
