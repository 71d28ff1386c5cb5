"""不合格后处理清单: what is to be done about failed samples, and words to search for the same products."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from monitor.exporters.lists import Format, ListPlan, write_list
from monitor.exporters.sampling.sampling import sourced
from monitor.exporters.sheets.columns import Column, Kind
from monitor.exporters.sheets.files import ExportedFile, file_stem, fresh_file
from monitor.exporters.sheets.notes import Notes, Section
from monitor.exporters.suspect_columns import marked_title, prose, shown
from monitor.leads.sampling.after_test import FollowUp, follow_ups
from monitor.leads.sampling.results import Stage, result_words
from monitor.leads.sampling.sampling_terms import sampling_terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from pathlib import Path

    from monitor.leads.sampling.sampling_terms import SamplingTerms
    from monitor.storage import Connection

NAME = "不合格后处理清单"
WORDS = "追查搜索词"
_FROZEN = 2
#: More is shown by `monitor watchlist show`.
_MOST_SAME = 20


def export_follow_up(
    connection: Connection,
    folder: Path,
    *,
    draw_id: int | None = None,
    terms: SamplingTerms | None = None,
    formats: Sequence[Format] = ("xlsx", "csv"),
    now: datetime,
) -> list[ExportedFile]:
    """Write what is to be done about every failed sample, and, when there are any, the words to search for.

    Args:
        connection: a reading transaction.
        folder: made when it is not there.
        draw_id: only samples of this draw.
        terms: rules with their sources.
        formats: ``xlsx``, ``csv``.
        now: a time with its zone.

    Raises:
        ExportError: a file could not be written.

    """
    terms = terms or sampling_terms()
    todo = follow_ups(connection, draw_id=draw_id)
    scope = next((each.result.sample.campaign for each in todo), None) if draw_id is not None else None
    plan = ListPlan(name=NAME, scope=scope, columns=_COLUMNS, frozen=_FROZEN)
    rules = [rule for rule in terms.rules if rule.name in ("复检", "复查", "不得重复抽查")]
    notes = Notes(
        title=f"{NAME} 说明",
        sections=[
            Section(
                heading="本清单",
                lines=[
                    ("范围", f"不合格样品 {len(todo)} 批；复检合格的不列入"),
                    ("同一产品", "按条码、证书、型号、商标和品名与已采集的商品比对，品名相近的须人工核对"),
                    ("导出时间", f"{shown(now):%Y-%m-%d %H:%M}（北京时间）"),
                ],
            ),
            Section(heading="规则及其出处", lines=[(rule.name, sourced(rule, terms)) for rule in rules]),
            Section(heading="各栏含义", lines=[(column.title, column.about) for column in _COLUMNS]),
        ],
    )
    files = write_list(plan, todo, lambda: notes, folder=folder, formats=formats, now=now)
    words = tuple(dict.fromkeys(word for each in todo for word in each.words))
    return [*files, write_words(words, folder, scope=scope, now=now)] if words else files


def write_words(words: Iterable[str], folder: Path, *, scope: str | None, now: datetime) -> ExportedFile:
    """Write search words as the part ``search`` of a plan takes them.

    Raises:
        ExportError: the file could not be written.

    """
    listed = list(words)
    text = yaml.safe_dump({"search": [{"words": listed}]}, allow_unicode=True, sort_keys=False, width=1_000)
    head = (
        "# 不合格产品在其他平台的搜索词：把下面几行并入 schedules 中某一计划的 search，\n"
        "# 或逐个执行 monitor crawl --site 站点 --query 词。\n"
    )
    with fresh_file(folder, file_stem(WORDS, scope, now), ".yaml") as (part, path):
        part.write_text(head + text, encoding="utf-8")
    return ExportedFile(path=path, rows=len(listed))


def _same(each: FollowUp) -> str | None:
    lines = [
        f"{same.seller or '店铺未明'}（{same.site}）：{same.title}〔{same.why}，{same.score:g}分〕{same.url}"
        for same in each.same[:_MOST_SAME]
    ]
    if len(each.same) > _MOST_SAME:
        lines.append(f"……共 {len(each.same)} 条")
    return prose("\n".join(lines)) if lines else "已采集的商品中未发现，见搜索词"


def _retest(each: FollowUp) -> str | None:
    if each.result.retest_on is None:
        return None
    open_ = "（次年放假安排未公布，暂定）" if each.result.retest_provisional else ""
    return f"{each.result.retest_on:%Y-%m-%d}{open_}"


_COLUMNS: tuple[Column[FollowUp], ...] = (
    Column(
        title="抽样编号",
        kind=Kind.TEXT,
        width=15,
        about="抽样清单上的编号",
        value=lambda each: each.result.sample.number,
    ),
    Column(
        title="商品标题",
        kind=Kind.MARKED,
        width=36,
        about="页面原文",
        value=lambda each: marked_title(each.row),
    ),
    Column(
        title="不合格项目",
        kind=Kind.WRAPPED,
        width=24,
        about="检验报告所载",
        value=lambda each: each.result.failed_items,
    ),
    Column(
        title="检验",
        kind=Kind.SHORT,
        width=8,
        about="检验、复检或复查",
        value=lambda each: result_words().stages[Stage(each.result.stage)][0],
    ),
    Column(
        title="报告编号",
        kind=Kind.TEXT,
        width=18,
        about="检验报告编号",
        value=lambda each: each.result.report_number,
    ),
    Column(
        title="报告日期",
        kind=Kind.TEXT,
        width=12,
        about="检验报告日期",
        value=lambda each: f"{each.result.reported_on:%Y-%m-%d}" if each.result.reported_on else None,
    ),
    Column(
        title="经营者",
        kind=Kind.WRAPPED,
        width=26,
        about="亮照页所示主体名称，没有的用店铺名",
        value=lambda each: prose(each.row.licence_name or each.row.seller_name),
    ),
    Column(
        title="生产者",
        kind=Kind.WRAPPED,
        width=26,
        about="实物标称，没有的用页面所示；据此追根溯源",
        value=lambda each: prose(each.result.producer or each.row.attributes.get("manufacturer")),
    ),
    Column(
        title="复查不迟于",
        kind=Kind.TEXT,
        width=14,
        about="自报告日期起的工作日数为推断，见规则",
        value=_retest,
    ),
    Column(
        title="其他在售的同一产品",
        kind=Kind.WRAPPED,
        width=60,
        about="已采集商品中与不合格产品相符的，可能性大的在前",
        value=_same,
    ),
    Column(
        title="搜索词",
        kind=Kind.WRAPPED,
        width=26,
        about="在其他平台追查用，同时写入追查搜索词文件",
        value=lambda each: "\n".join(each.words),
    ),
    Column(title="处理结果", kind=Kind.BLANK, width=24, about="经办人填写", value=lambda _: None),
)
