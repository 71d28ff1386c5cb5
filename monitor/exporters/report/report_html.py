"""The report of a run as one page of HTML: self-contained, in Chinese, made for A4 and the screen."""

from __future__ import annotations

from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

import pandas as pd

from monitor.exporters.report.miss_words import miss_lines
from monitor.exporters.report.report_charts import compared_bars, stacked_bars
from monitor.exporters.report.report_facts import shown_text
from monitor.exporters.report.report_labels import report_labels
from monitor.exporters.report.report_words import caution, numbers, statistic, subtitle, verdicts
from monitor.exporters.suspect_columns import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from monitor.exporters.report.report_facts import ReportFacts
    from monitor.storage.changes import ListingChange, ListingNote, SellerNote

#: Lines of a table on the page; the workbook has them all.
MOST_LINES = 6
MOST_GAPS = 12
MOST_BARS = 8
MOST_WORDS = 12


def report_html(facts: ReportFacts, *, now: datetime) -> str:
    """Render the page."""
    template = Path(__file__).with_name("run_report.html").read_text(encoding="utf-8")
    return Template(template).substitute(
        title=escape(f"{facts.run.title} 采集任务报告 第{facts.run.id}号"),
        heading=text(facts.run.title),
        subtitle=text(subtitle(facts)),
        numbers="".join(_number(*each) for each in numbers(facts)),
        coverage_chart=_coverage_chart(facts),
        coverage=_table(facts.coverage),
        gaps=_gaps(facts),
        verdicts=text(verdicts(facts)),
        health=_health(facts),
        sums="".join(_sum(heading, table) for heading, table in facts.sums.items()),
        changes=_changes(facts),
        statistic=text(statistic(facts)),
        words=_words(facts),
        misses=_misses(facts),
        caution=text(caution()),
        made=f"{shown(now):%Y-%m-%d %H:%M}",
    )


def text(said: object) -> str:
    """Make anything fit to stand in the page: sellers' markup is shown, never run."""
    return escape(shown_text(str(said)), quote=True)


def link(url: str | None, said: str) -> str:
    """Link to `url` if it is one of the web; else only show the words."""
    if url is None or not url.startswith(("http://", "https://")):
        return text(said)
    return f'<a href="{text(url)}" rel="noreferrer noopener">{text(said)}</a>'


def _number(name: str, value: str, note: str) -> str:
    return f"<div><b>{text(value)}</b><span>{text(name)}</span><i>{text(note)}</i></div>"


def _coverage_chart(facts: ReportFacts) -> str:
    ends = (*report_labels().ends.values(), report_labels().left_out)
    columns = [name for name in facts.coverage.columns if name in ends]
    rows = [
        (str(row["网站"]), [int(row[name]) for name in columns]) for row in facts.coverage.to_dict("records")
    ]
    return stacked_bars(rows, columns, heading="各网站采集单元的结果")


def _table(table: pd.DataFrame) -> str:
    head = "".join(_heading(name, table) for name in table.columns)
    body = "".join(_row(map(_cell, row)) for row in table.itertuples(index=False))
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _heading(name: str, table: pd.DataFrame) -> str:
    number = pd.api.types.is_numeric_dtype(table[name])
    return f'<th class="n">{text(name)}</th>' if number else f"<th>{text(name)}</th>"


def _row(cells: Iterable[str]) -> str:
    return f"<tr>{''.join(cells)}</tr>"


def _cell(value: object) -> str:
    # pandas gives numpy's whole numbers
    number = not isinstance(value, str)
    return f'<td class="n">{text(value)}</td>' if number else f"<td>{text(value)}</td>"


def _gaps(facts: ReportFacts) -> str:
    if facts.gaps.empty:
        return "<p>本次任务的采集单元全部采完。</p>"
    return _table(facts.gaps.head(MOST_GAPS)) + _more(len(facts.gaps), MOST_GAPS)


def _health(facts: ReportFacts) -> str:
    if facts.health.empty:
        return ""
    return _table(facts.health.head(MOST_GAPS)) + _more(len(facts.health), MOST_GAPS)


def _more(count: int, shown_count: int) -> str:
    left = count - shown_count
    return f'<p class="more">另有 {left} 行，见同名 Excel 文件</p>' if left > 0 else ""


def _sum(heading: str, table: pd.DataFrame) -> str:
    if table.empty:
        return f"<section><h3>{text(heading)}</h3><p>没有疑似商品。</p></section>"
    compared = "上次" in table
    rows = [
        (str(row["名称"]), int(row["本次"]), int(row["上次"]) if compared else None)
        for row in table.head(MOST_BARS).to_dict("records")
    ]
    chart = compared_bars(rows, heading=f"疑似商品按{heading}")
    return f"<section><h3>按{text(heading)}</h3>{chart}{_more(len(table), MOST_BARS)}</section>"


def _changes(facts: ReportFacts) -> str:
    changes = facts.changes
    if changes.previous is None:
        return "<p>这是本专项行动的第一次采集任务，没有可比较的上次任务。</p>"
    parts = [
        _notes("新出现", facts, changes.new),
        _notes("改了标题或价格", facts, changes.changed),
        _notes("上次有、这次没见到（不等于下架）", facts, changes.vanished),
        _sellers(facts, changes.new_sellers),
    ]
    return "".join(parts)


def _notes(heading: str, facts: ReportFacts, notes: Sequence[ListingNote | ListingChange]) -> str:
    first = sorted(notes, key=lambda note: not note.suspect)[:MOST_LINES]
    lines = "".join(
        f"<li>{'<em>疑似</em>' if note.suspect else ''}{link(note.url, note.title)} "
        f"{_price(note.price)}{_before(note)} <small>{_site(facts, note.site)}</small></li>"
        for note in first
    )
    return f"<h3>{text(heading)} {len(notes)} 条</h3><ul>{lines}</ul>{_more(len(notes), MOST_LINES)}"


def _before(note: ListingNote | ListingChange) -> str:
    old_title = getattr(note, "old_title", None)
    if old_title is None:
        return ""
    old = f"{text(old_title)} {_price(getattr(note, 'old_price', None))}"
    return f"<br><small>原为：{old}</small>"


def _sellers(facts: ReportFacts, sellers: Sequence[SellerNote]) -> str:
    lines = "".join(
        f"<li>{link(each.url, each.name or each.url or '未标明')} "
        f"<small>{_site(facts, each.site)}</small></li>"
        for each in sellers[:MOST_LINES]
    )
    return f"<h3>新出现的店铺 {len(sellers)} 家</h3><ul>{lines}</ul>{_more(len(sellers), MOST_LINES)}"


def _misses(facts: ReportFacts) -> str:
    lines = "".join(f"<li>{text(name.strip())}：{text(said)}</li>" for name, said in miss_lines(facts.misses))
    return f"<ul>{lines}</ul>"


def _site(facts: ReportFacts, name: str) -> str:
    return text(facts.sites.get(name, name))


def _price(price: object) -> str:
    return f"¥{text(price)}" if price is not None else ""


def _words(facts: ReportFacts) -> str:
    if not facts.words:
        return "<p>没有达到下述标准的词。</p>"
    head = "".join(f"<th>{name}</th>" for name in ("词", "本期", "此前", "店铺", "显著度", "举例"))
    body = "".join(
        _row(
            (
                f"<td><b>{text(each.word)}</b></td>",
                f'<td class="n">{each.later}/{each.of_later}</td>',
                f'<td class="n">{each.earlier}/{each.of_earlier}</td>',
                f'<td class="n">{each.sellers}</td>',
                f'<td class="n">{each.z:.1f}</td>',
                f"<td>{' · '.join(link(one.url, one.title) for one in each.examples[:2])}</td>",
            )
        )
        for each in facts.words[:MOST_WORDS]
    )
    table = f'<table class="words"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    return table + _more(len(facts.words), MOST_WORDS)
