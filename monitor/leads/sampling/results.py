"""Test results from a laboratory's list, each row checked against the draw it belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from monitor.classifiers.lexicon.source import Strict, read
from monitor.config import SHANGHAI
from monitor.matching.column_names import ColumnNames, normal
from monitor.matching.list_file import read_list, stated_date
from monitor.matching.watchlist_names import stated
from monitor.storage.results import results, samples_by_number

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from monitor.matching.list_file import ListRow
    from monitor.storage import Connection
    from monitor.storage.results import DrawnSample, StoredResult

_T = TypeVar("_T", bound=StrEnum)
_FILE = Path(__file__).with_name("result_columns.yaml")


class Stage(StrEnum):
    """Which test a result is of."""

    #: of the sample (检验)
    TEST = "test"
    #: of the spare sample, asked for within fifteen days (复检, 产品质量法 §15)
    REINSPECTION = "reinspection"
    #: after mending (复查)
    RETEST = "retest"


class Outcome(StrEnum):
    """What the test came to."""

    PASSED = "passed"
    FAILED = "failed"
    #: there was nothing to test
    NOT_BOUGHT = "not bought"


class ResultWords(Strict):
    """result_columns.yaml."""

    columns: ColumnNames
    outcomes: dict[Outcome, tuple[str, ...]]
    stages: dict[Stage, tuple[str, ...]]


@cache
def result_words() -> ResultWords:
    """Read the shipped file."""
    return read(_FILE, ResultWords)


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """One row that can be recorded."""

    sample: DrawnSample
    stage: Stage
    outcome: Outcome
    #: row of the file, as the spreadsheet counts
    row: int
    reported_on: date | None = None
    report_number: str | None = None
    laboratory: str | None = None
    failed_items: str | None = None
    #: as printed on the bought goods
    producer: str | None = None
    producer_address: str | None = None
    product_name: str | None = None
    brand: str | None = None
    model: str | None = None
    barcode: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """A row that cannot be recorded, and why."""

    row: int
    number: str
    what: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckedResults:
    """A list of results, sorted out."""

    new: tuple[Result, ...]
    #: recorded before, with the same outcome
    known: tuple[Result, ...]
    problems: tuple[Problem, ...]


_COPIED = (
    "report_number",
    "laboratory",
    "failed_items",
    "producer",
    "producer_address",
    "product_name",
    "brand",
    "model",
    "barcode",
)


def check_results(
    connection: Connection,
    path: Path,
    *,
    today: date,
    draw_id: int | None = None,
    mapped: Mapping[str, str] | None = None,
) -> CheckedResults:
    """Read a list of results and hold every row against what was drawn.

    Args:
        connection: any transaction.
        path: xlsx, csv or tsv.
        today: in Asia/Shanghai; no report is from later.
        draw_id: the draw that all rows must belong to; None for any.
        mapped: column → field, where the name alone does not tell.

    Raises:
        ListFileError: the file cannot be read, or lacks 抽样编号 or 检验结论.

    """
    found = read_list(path, result_words().columns, required=["number", "outcome"], mapped=mapped)
    samples = samples_by_number(connection, [_number(row) for row in found.rows])
    before = {(each.sample.item_id, each.stage): each for each in results(connection)}
    seen: dict[tuple[int, Stage], int] = {}
    new, known, problems = list[Result](), list[Result](), list[Problem]()
    for row in found.rows:
        try:
            result = _read(row, samples, draw_id, today)
            key = (result.sample.item_id, result.stage)
            _hold_against(result, seen, before.get(key))
        except _RowError as error:
            problems.append(Problem(row=row.number, number=_number(row), what=str(error)))
            continue
        (known if key in before else new).append(result)
    return CheckedResults(new=tuple(new), known=tuple(known), problems=tuple(problems))


class _RowError(Exception):
    """The row cannot be recorded; the message says why."""


def _read(row: ListRow, samples: Mapping[str, DrawnSample], draw_id: int | None, today: date) -> Result:
    number = _number(row)
    sample = samples.get(number)
    if sample is None:
        why = "no sample has this 抽样编号: copy it from the 抽样清单" if number else "抽样编号 is empty"
        raise _RowError(why)
    if draw_id is not None and sample.draw_id != draw_id:
        raise _RowError(f"belongs to draw {sample.draw_id}, not to draw {draw_id}")
    words = result_words()
    outcome = _word(row.values.get("outcome", ""), words.outcomes)
    if outcome is None:
        known = "、".join(each[0] for each in words.outcomes.values())
        raise _RowError(f"检验结论 {row.values.get('outcome', '')!r} is not understood: write {known}")
    stage = _word(row.values.get("stage", "检验"), words.stages)
    if stage is None:
        raise _RowError(f"检验类型 {row.values['stage']!r} is not understood: write 检验, 复检 or 复查")
    said = {name: stated(row.values.get(name)) for name in _COPIED}
    if outcome is Outcome.FAILED and said["failed_items"] is None:
        raise _RowError("不合格 without 不合格项目: name what failed")
    day = _day(row, sample, outcome, today)
    return Result(sample=sample, stage=stage, outcome=outcome, row=row.number, reported_on=day, **said)


def _day(row: ListRow, sample: DrawnSample, outcome: Outcome, today: date) -> date | None:
    text = row.values.get("reported_on", "")
    if not text:
        if outcome is Outcome.FAILED:
            raise _RowError("报告日期 is empty: the re-test is counted from it")
        return None
    day = stated_date(text)
    drawn = sample.drawn_at.astimezone(SHANGHAI).date()
    if day is None:
        raise _RowError(f"报告日期 {text!r} is no date: write 2026-11-20")
    if not drawn <= day <= today:
        raise _RowError(f"报告日期 {day} lies before the draw ({drawn}) or in the future")
    return day


def _hold_against(result: Result, seen: dict[tuple[int, Stage], int], before: StoredResult | None) -> None:
    key = (result.sample.item_id, result.stage)
    if (other := seen.setdefault(key, result.row)) != result.row:
        raise _RowError(f"stands in row {other} already, with the same 检验类型")
    if before is not None and before.outcome != result.outcome:
        raise _RowError(f"was recorded as {before.outcome} before: ask the laboratory which holds")


def _number(row: ListRow) -> str:
    return row.values.get("number", "").strip().upper()


def _word(text: str, words: Mapping[_T, tuple[str, ...]]) -> _T | None:
    said = normal(text)
    return next((each for each, names in words.items() if said in map(normal, names)), None)
