"""The report of a campaign as a workbook: 附件2, sums, precision and times, with charts beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xlsxwriter.utility import xl_col_to_name

from monitor.exporters.report.miss_words import miss_lines
from monitor.exporters.report.report_sheets import finish_chart, new_sheet
from monitor.exporters.sheets.cells import fitting, masked, printable
from monitor.exporters.sheets.notes import Notes, Section
from monitor.exporters.sheets.styles import BAR, FONT, HEADER, INK, styles
from monitor.exporters.statistics.statistics_form import TOTAL, form_sources
from monitor.exporters.statistics.statistics_terms import NOT_COLLECTED, statistics_terms
from monitor.exporters.statistics.statistics_words import CAUTIONS, period
from monitor.exporters.suspect_columns import shown

if TYPE_CHECKING:
    from datetime import datetime

    import pandas as pd
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from monitor.exporters.sheets.styles import Styles
    from monitor.exporters.statistics.statistics_facts import StatisticsFacts

_BARS = 14
#: of the form, in characters: the county, a column by kind of goods, one that is not split, a page
_COUNTY_WIDTH, _PART_WIDTH, _WHOLE_WIDTH, _PAGE_WIDTH = 18, 8, 10, 160
#: at which a page takes so much, in %
_FORM_SCALE = 65
_CHART_COLUMN = 8
#: rows of 20 pixels that a chart of so many bars takes
_BAR_HEIGHT, _CHART_FRAME = 24, 90
#: runs on over the cells beside it
_REMARK = "说明"
_SHARES = frozenset({"准确率", "下限", "上限"})
_DAYS = frozenset({"中位天数", "最短", "最长"})


class _Look:
    """The formats of the cells."""

    def __init__(self, book: Workbook) -> None:
        def make(**more: Any) -> Format:  # noqa: ANN401 - xlsxwriter's properties
            return book.add_format({"valign": "vcenter", "font_color": INK, **FONT, "border": 1,
                                    "border_color": "#D9E1EA", **more})  # fmt: skip

        self.styles: Styles = styles(book)
        self.text = make(text_wrap=True)
        self.count = make(num_format="#,##0", align="right")
        self.share = make(num_format="0.0%", align="right")
        self.days = make(num_format="0.0", align="right")
        self.remark = book.add_format({"valign": "vcenter", "font_color": "#6B7280", "indent": 1, **FONT})
        self.absent = make(font_color="#8A94A0", italic=True, align="center")
        self.total = make(num_format="#,##0", align="right", bold=True, bg_color="#EEF3F8")
        self.total_text = make(bold=True, bg_color="#EEF3F8")


def write_statistics_book(book: Workbook, facts: StatisticsFacts, *, now: datetime) -> None:
    """Write every sheet of the report to an empty workbook."""
    look = _Look(book)
    _overview(book, facts, look)
    _form(book, facts, look)
    _sums(book, facts, look)
    _list(book, "规则准确率", facts.rules, look, {"规则": 26, "名称": 24})
    _list(book, "检索词准确率", facts.queries, look, {"检索词": 26})
    _notes(facts, now).write(book.add_worksheet("说明"), look.styles)


def _overview(book: Workbook, facts: StatisticsFacts, look: _Look) -> None:
    sheet = new_sheet(book, "概况")
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 12, 11)
    sheet.write_string(0, 0, _text(f"{facts.title} {facts.report.title}"), look.styles.heading)
    sheet.set_row(0, 28)
    sheet.write_string(1, 0, period(facts))
    begin = 3
    row = _table(sheet, begin, "从采集到反馈", facts.funnel, look)
    chart = _bars(book, "概况", begin + 2, facts.funnel["环节"].tolist(), [("数量", 1, HEADER)])
    finish_chart(chart, "从采集到反馈", _CHART_FRAME + _BAR_HEIGHT * len(facts.funnel))
    sheet.insert_chart(begin, _CHART_COLUMN, chart)
    row = max(row, begin + 16)
    row = _table(sheet, row + 1, "线索去向和反馈结果（件）", facts.results, look)
    row = _table(sheet, row + 1, "从首次发现到发出（天）", facts.times, look)
    sheet.write_string(row + 1, 0, "漏检估计", look.styles.label)
    for number, (name, said) in enumerate(miss_lines(facts.misses), row + 2):
        sheet.write_string(number, 0, name.strip("　"))
        sheet.write_string(number, 1, _text(said))


def _form(book: Workbook, facts: StatisticsFacts, look: _Look) -> None:
    """附件2: two rows of headings, the second the kinds of goods."""
    sheet = new_sheet(book, "附件2")
    table = facts.form
    header = look.styles.header
    sheet.write_string(0, 0, statistics_terms().form.title, look.styles.heading)
    sheet.write_string(1, 0, f"{period(facts)}。没有找到公开的官方表式，各栏均为推断，可配置")
    sheet.set_column(0, 0, _COUNTY_WIDTH)
    for number, (_, kind) in enumerate(_headings(table)[1:], 1):
        sheet.set_column(number, number, _PART_WIDTH if kind else _WHOLE_WIDTH)
    sheet.set_row(2, 62)
    place = 0
    for title, kinds in _spans(table):
        if kinds > 1:
            sheet.merge_range(2, place, 2, place + kinds - 1, title, header)
        else:
            sheet.write_string(2, place, title, header)
        place += kinds
    for number, (_, kind) in enumerate(_headings(table)):
        sheet.write_string(3, number, kind, header)
    for number, values in enumerate(table.itertuples(index=False, name=None), 4):
        last = values[0] == TOTAL
        for column, value in enumerate(values):
            _cell(sheet, number, column, value, look, total=last)
    sheet.freeze_panes(4, 1)
    sheet.repeat_rows(2, 3)
    sheet.repeat_columns(0)
    # over several pages, each column whole with its kinds
    sheet.set_print_scale(_FORM_SCALE)
    sheet.set_v_pagebreaks(_breaks(_spans(table)))


def _headings(table: pd.DataFrame) -> list[tuple[str, str]]:
    return [(str(each[0]), str(each[1])) for each in table.columns.to_list()]


def _spans(table: pd.DataFrame) -> list[tuple[str, int]]:
    spans: list[tuple[str, int]] = []
    for title, _ in _headings(table):
        if spans and spans[-1][0] == title:
            spans[-1] = (title, spans[-1][1] + 1)
        else:
            spans.append((title, 1))
    return spans


def _breaks(spans: list[tuple[str, int]]) -> list[int]:
    """Say before which columns a new page begins."""
    breaks: list[int] = []
    place = width = 0
    for _, kinds in spans:
        wanted = kinds * _PART_WIDTH if kinds > 1 else _WHOLE_WIDTH
        if width + wanted > _PAGE_WIDTH:
            breaks.append(place)
            width = _COUNTY_WIDTH
        place, width = place + kinds, width + wanted
    return breaks


def _sums(book: Workbook, facts: StatisticsFacts, look: _Look) -> None:
    sheet = new_sheet(book, "分类统计")
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 6, 9)
    row = 0
    for heading, table in facts.sums.items():
        begin = row
        row = _table(sheet, row, f"按{heading}", table, look)
        bars = min(len(table), _BARS)
        if bars:
            columns = list(table.columns)
            series = [
                (name, columns.index(name), colour)
                for name, colour in (("疑似", BAR), ("确认", HEADER))
                if table[name].notna().any()
            ]
            chart = _bars(book, "分类统计", begin + 2, table["名称"].tolist()[:bars], series)
            height = _CHART_FRAME + (len(series) * 14 + 10) * bars
            finish_chart(chart, f"按{heading}", height)
            sheet.insert_chart(begin, _CHART_COLUMN, chart)
            row = max(row, begin + height // 20 + 2)
        row += 1


def _bars(  # type: ignore[no-untyped-def]  # noqa: ANN202
    book: Workbook, sheet: str, first: int, names: list[str], series: list[tuple[str, int, str]]
):
    chart = book.add_chart({"type": "bar"})
    for name, column, colour in series:
        chart.add_series(_series(sheet, name, first, first + len(names) - 1, column, colour))
    return chart


def _series(sheet: str, name: str, first: int, last: int, column: int, colour: str) -> dict[str, Any]:
    return {
        "name": name,
        "categories": [sheet, first, 0, last, 0],
        "values": [sheet, first, column, last, column],
        "fill": {"color": colour},
        "gap": 60,
        "data_labels": {"value": True},
    }


def _list(book: Workbook, name: str, table: pd.DataFrame, look: _Look, widths: dict[str, int]) -> None:
    sheet = new_sheet(book, name)
    for number, title in enumerate(table.columns):
        sheet.set_column(number, number, widths.get(title, 11))
        sheet.write_string(0, number, title, look.styles.header)
    for row, values in enumerate(table.itertuples(index=False, name=None), 1):
        for number, value in enumerate(values):
            _cell(sheet, row, number, value, look, title=table.columns[number])
    sheet.freeze_panes(1, 1)
    sheet.autofilter(f"A1:{xl_col_to_name(len(table.columns) - 1)}{len(table) + 1}")


def _table(sheet: Worksheet, row: int, heading: str, table: pd.DataFrame, look: _Look) -> int:
    """Write a heading, the names of the columns and the rows; return the row after them."""
    sheet.write_string(row, 0, heading, look.styles.label)
    for number, title in enumerate(table.columns):
        sheet.write_string(row + 1, number, title, look.styles.header)
    for values in table.itertuples(index=False, name=None):
        for number, value in enumerate(values):
            _cell(sheet, row + 2, number, value, look, title=table.columns[number])
        row += 1
    return row + 2


def _cell(
    sheet: Worksheet,
    row: int,
    column: int,
    value: object,
    look: _Look,
    *,
    title: str = "",
    total: bool = False,
) -> None:
    if value is None:
        sheet.write_string(row, column, NOT_COLLECTED, look.absent)
    elif isinstance(value, str):
        form = look.remark if title == _REMARK else look.total_text if total else look.text
        sheet.write_string(row, column, _text(value), form)
    else:
        form = look.share if title in _SHARES else look.days if title in _DAYS else look.count
        sheet.write_number(row, column, float(str(value)), look.total if total else form)


def _text(text: str) -> str:
    return fitting(printable(masked(text)))


def _notes(facts: StatisticsFacts, now: datetime) -> Notes:
    terms = statistics_terms()
    return Notes(
        title=f"{facts.report.title} 说明",
        sections=[
            Section(
                heading="本报告",
                lines=[
                    ("专项行动", f"{facts.title}（{facts.campaign}）"),
                    ("统计范围", period(facts)),
                    ("报送要求", facts.report.source),
                    ("生成时间", f"{shown(now):%Y-%m-%d %H:%M}（北京时间）"),
                ],
            ),
            Section(heading="使用须知", lines=CAUTIONS),
            Section(heading="漏检估计", lines=miss_lines(facts.misses)),
            Section(heading=f"{terms.form.title} 各栏依据", lines=form_sources()),
        ],
    )
