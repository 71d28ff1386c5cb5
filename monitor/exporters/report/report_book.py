"""The report of a run as a workbook: everything the page says, whole, with charts beside the sums."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsxwriter.utility import xl_col_to_name

from monitor.exporters.report.miss_words import miss_lines
from monitor.exporters.report.report_facts import shown_text
from monitor.exporters.report.report_sheets import finish_chart, new_sheet
from monitor.exporters.report.report_words import caution, numbers, statistic, subtitle, verdicts
from monitor.exporters.sheets.cells import fitting, printable
from monitor.exporters.sheets.columns import Kind
from monitor.exporters.sheets.notes import Notes, Section
from monitor.exporters.sheets.sheet import MOST_LINKS
from monitor.exporters.sheets.styles import BAR, HEADER, LINE_HEIGHT, ROW_PADDING, lines_of, styles
from monitor.exporters.suspect_columns import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    import pandas as pd
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

    from monitor.exporters.report.report_facts import ReportFacts
    from monitor.exporters.sheets.styles import Styles
    from monitor.storage.changes import ListingNote

_CHART_ROWS = 12
_BARS = 10
_LONGEST_URL = 2079
#: Widths of columns by heading; the others are as wide as their heading.
_WIDTHS = {
    "网站": 26, "名称": 30, "原因": 48, "举例": 60, "标题": 48, "原标题": 40, "链接": 44, "单元种类": 11,
    "结果": 12, "商品信息": 10, "词": 16, "变化": 16, "本期标题": 10, "此前标题": 10, "显著度": 9,
    "结论": 12, "依据": 60,
}  # fmt: skip
_LINKED = "链接"


def write_report_book(book: Workbook, facts: ReportFacts, *, now: datetime) -> None:
    """Write every sheet of the report to an empty workbook."""
    look = styles(book)
    _overview(book, facts, look)
    _sums(book, facts, look)
    _list(book, look, "未采集", list(facts.gaps.columns), facts.gaps.itertuples(index=False))
    _list(book, look, "采集是否正常", list(facts.health.columns), facts.health.itertuples(index=False))
    changes = ["变化", "疑似", "网站", "标题", "价格", "原标题", "原价格", _LINKED]
    _list(book, look, "变化", changes, _changes(facts))
    words = ["词", "词对", "本期标题", "此前标题", "店铺数", "显著度", "举例", _LINKED]
    _list(book, look, "预警词", words, _words(facts))
    _notes(facts, now).write(book.add_worksheet("说明"), look)


def _overview(book: Workbook, facts: ReportFacts, look: Styles) -> None:
    sheet = new_sheet(book, "概况")
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 12, 12)
    sheet.write_string(0, 0, fitting(shown_text(f"{facts.run.title} 采集任务报告")), look.heading)
    sheet.set_row(0, 28)
    sheet.write_string(1, 0, fitting(shown_text(subtitle(facts))))
    row = 3
    for name, value, note in numbers(facts):
        sheet.write_string(row, 0, name, look.label)
        sheet.write_string(row, 1, value)
        sheet.write_string(row, 2, note)
        row += 1
    row = _table(sheet, row + 1, "采集情况", facts.coverage, look)
    first, count = row - len(facts.coverage), len(facts.coverage)
    columns = list(facts.coverage.columns)
    chart = book.add_chart({"type": "bar", "subtype": "percent_stacked"})
    for number in range(2, columns.index("页数")):
        chart.add_series(
            {
                "name": ["概况", first - 1, number],
                "categories": ["概况", first, 0, row - 1, 0],
                "values": ["概况", first, number, row - 1, number],
                "fill": {"color": _ENDS[(number - 2) % len(_ENDS)]},
            }
        )
    finish_chart(chart, "各网站采集单元的结果", 110 + 30 * count)
    if count:
        sheet.insert_chart(row + 1, 0, chart)


_ENDS = ("#2E7D5B", BAR, "#C00000", "#7F7F7F", "#BFC9D4", "#E2E8F0")


def _sums(book: Workbook, facts: ReportFacts, look: Styles) -> None:
    sheet = new_sheet(book, "疑似商品")
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 3, 8)
    row = 0
    for heading, table in facts.sums.items():
        begin = row
        row = _table(sheet, row, f"按{heading}", table, look)
        if len(table):
            sheet.insert_chart(begin, 5, _sum_chart(book, heading, begin + 2, table))
        row = max(row, begin + _CHART_ROWS + 2) + 1


def _sum_chart(book: Workbook, heading: str, first: int, table: pd.DataFrame):  # type: ignore[no-untyped-def]  # noqa: ANN202
    chart = book.add_chart({"type": "bar"})
    last = first + min(len(table), _BARS) - 1
    for column, colour in (("本次", HEADER), ("上次", "#BFC9D4")):
        if column in table:
            number = list(table.columns).index(column)
            chart.add_series(
                {
                    "name": column,
                    "categories": ["疑似商品", first, 0, last, 0],
                    "values": ["疑似商品", first, number, last, number],
                    "fill": {"color": colour},
                    "gap": 60,
                    "data_labels": {"value": column == "本次"},
                }
            )
    finish_chart(chart, f"疑似商品按{heading}", max(150, 70 + 22 * min(len(table), _BARS)))
    return chart


def _table(sheet: Worksheet, row: int, heading: str, table: pd.DataFrame, look: Styles) -> int:
    """Write a heading, the names of the columns and the rows; return the row after them."""
    sheet.write_string(row, 0, heading, look.label)
    for number, name in enumerate(table.columns):
        sheet.write_string(row + 1, number, str(name), look.header)
    row += 2
    for values in table.itertuples(index=False):
        for number, value in enumerate(values):
            if isinstance(value, str):
                sheet.write_string(row, number, fitting(shown_text(value)))
            else:
                sheet.write_number(row, number, int(value))
        row += 1
    return row


def _list(
    book: Workbook, look: Styles, name: str, columns: Sequence[str], rows: Iterator[Sequence[object]]
) -> None:
    sheet = new_sheet(book, name)
    widths = [_WIDTHS.get(column, max(8, 3 * len(column))) for column in columns]
    for number, (column, width) in enumerate(zip(columns, widths, strict=True)):
        sheet.set_column(number, number, width)
        sheet.write_string(0, number, column, look.header)
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)
    row = links = 0
    for row, values in enumerate(rows, 1):
        lines = 1
        for number, value in enumerate(values):
            if value is None:
                continue
            if isinstance(value, str):
                said = fitting(shown_text(value))
                if columns[number] == _LINKED and links < MOST_LINKS and _is_link(value):
                    links += sheet.write_url(row, number, value, look.by_kind[Kind.LINK], said) == 0
                    continue
                sheet.write_string(row, number, said, look.prose)
                lines = max(lines, sum(lines_of(line, widths[number]) for line in said.split("\n")))
            else:
                kind = Kind.COUNT if isinstance(value, int) else Kind.SHARE
                sheet.write_number(row, number, float(str(value)), look.by_kind[kind])
        sheet.set_row(row, ROW_PADDING + LINE_HEIGHT * min(lines, 8))
    sheet.autofilter(f"A1:{xl_col_to_name(len(columns) - 1)}{row + 1}")


def _is_link(url: str) -> bool:
    return url.startswith(("http://", "https://")) and len(url) <= _LONGEST_URL and printable(url) == url


def _changes(facts: ReportFacts) -> Iterator[Sequence[object]]:
    for kind, notes in (
        ("新出现", facts.changes.new),
        ("改了标题或价格", facts.changes.changed),
        ("没见到", facts.changes.vanished),
    ):
        for note in notes:
            yield _change(kind, facts, note)
    for seller in facts.changes.new_sellers:
        site = facts.sites.get(seller.site, seller.site)
        yield "新店铺", None, site, seller.name or "未标明", None, None, None, seller.url


def _change(kind: str, facts: ReportFacts, note: ListingNote) -> Sequence[object]:
    return (
        kind,
        "疑似" if note.suspect else None,
        facts.sites.get(note.site, note.site),
        note.title,
        note.price,
        getattr(note, "old_title", None),
        getattr(note, "old_price", None),
        note.url,
    )


def _words(facts: ReportFacts) -> Iterator[Sequence[object]]:
    for each in facts.words:
        examples = "\n".join(one.title for one in each.examples)
        pair = "是" if each.pair else None
        z = round(each.z, 2)
        yield each.word, pair, each.later, each.earlier, each.sellers, z, examples, each.examples[0].url


def _notes(facts: ReportFacts, now: datetime) -> Notes:
    return Notes(
        title="采集任务报告 说明",
        sections=[
            Section(
                heading="本报告",
                lines=[
                    ("采集任务", subtitle(facts)),
                    ("比较的任务", "无" if facts.previous is None else f"第 {facts.previous.id} 号"),
                    ("生成时间", f"{shown(now):%Y-%m-%d %H:%M}（北京时间）"),
                ],
            ),
            Section(heading="漏检估计（本专项行动，截至生成时间）", lines=miss_lines(facts.misses)),
            Section(
                heading="使用须知",
                lines=[
                    ("不说明什么", caution()),
                    ("采集是否正常", verdicts(facts)),
                    ("轮休", "连续多次一无所获的搜索词每 2、4、至多 8 次任务查一次，不会停查"),
                    ("预警词", statistic(facts)),
                    ("文字", "卖家写的内容一律按文本保存，不会作为公式运行；手机号、身份证号以 * 遮盖"),
                ],
            ),
        ],
    )
