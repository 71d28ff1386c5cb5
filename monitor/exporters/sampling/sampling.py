"""抽样清单: what a draw chose, one row a sample, with the columns that the buyer fills in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.exporters.lists import Format, ListPlan, write_list
from monitor.exporters.sampling.samples import Sample, samples_of, stratum_title
from monitor.exporters.sampling.sampling_fields import VALUES, SamplingField, sampling_fields
from monitor.exporters.sheets.columns import Column, Kind
from monitor.exporters.sheets.notes import Notes, Section
from monitor.exporters.suspect_columns import shown
from monitor.leads.sampling.draw import Allocation
from monitor.leads.sampling.drawing import Known, Wanted, propose
from monitor.leads.sampling.population import PopulationKind
from monitor.leads.sampling.sampling_terms import sampling_terms

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from monitor.exporters.sheets.files import ExportedFile
    from monitor.leads.sampling.manifest import Manifest
    from monitor.leads.sampling.sampling_terms import Rule, SamplingTerms
    from monitor.storage import Connection
    from monitor.storage.suspects import ListingFilter, SuspectRow

NAME = "抽样清单"
#: A list that is drawn for a look only, and kept nowhere.
PROPOSED = "网络抽样清单"
#: 序号 … 商品标题 stay in sight
_FROZEN = 3
_ALLOCATIONS = {Allocation.PROPORTIONAL: "按比例", Allocation.EQUAL: "等额"}
_POPULATIONS = {
    PopulationKind.FOCUS: "在售的重点产品和危险品种",
    PopulationKind.CONFIRMED: "审核确认的重点产品和危险品种，在售",
}
_DIMENSIONS = {
    "category": "类别",
    "subcategory": "小类",
    "site": "平台",
    "place": "经营者所在地",
    "priority": "优先级",
}


def export_sampling(
    connection: Connection,
    folder: Path,
    wanted: ListingFilter,
    *,
    seed: str | None = None,
    formats: Sequence[Format] = ("xlsx", "csv"),
    now: datetime,
    progress: Callable[[int], None] | None = None,
) -> list[ExportedFile]:
    """Write what a draw of one listing of every stratum would choose; nothing is kept (`monitor draw` keeps).

    Args:
        connection: a reading transaction.
        folder: made when it is not there.
        wanted: campaign or run; suspects or not is of no matter, focus products are sampled either way.
        seed: by default the scope and the day, so that a second export proposes the same.
        formats: ``xlsx``, ``csv``.
        now: a time with its zone.
        progress: called with the rows written so far.

    Raises:
        ExportError: a file could not be written; none of them is there.

    """
    if seed is None:
        seed = f"{wanted.campaign or 'all'}/{wanted.run_id or 'all'}/{shown(now):%Y-%m-%d}"
    order = Wanted(
        campaign=wanted.campaign,
        run_id=wanted.run_id,
        seed=seed,
        size=1,
        allocation=Allocation.EQUAL,
        strata=("category", "site", "place"),
    )
    manifest, rows = propose(connection, order, known=Known(), now=now)
    terms = sampling_terms()
    return write_sampling(
        manifest, rows, folder, terms=terms, name=PROPOSED, formats=formats, now=now, progress=progress
    )


def write_sampling(  # noqa: PLR0913 - what, where, and how
    manifest: Manifest,
    rows: Mapping[str, SuspectRow],
    folder: Path,
    *,
    terms: SamplingTerms,
    name: str = NAME,
    formats: Sequence[Format] = ("xlsx", "csv"),
    now: datetime,
    progress: Callable[[int], None] | None = None,
) -> list[ExportedFile]:
    """Write the list of a draw.

    Args:
        manifest: of the draw.
        rows: 抽样编号 → listing.
        folder: made when it is not there.
        terms: numbers and rules.
        name: of the list.
        formats: ``xlsx``, ``csv``.
        now: a time with its zone.
        progress: called with the rows written so far.

    Raises:
        ExportError: a file could not be written; none of them is there.

    """
    columns = [_column(field) for field in sampling_fields().fields if field.list]
    plan = ListPlan(name=name, scope=manifest.campaign, columns=columns, frozen=_FROZEN)
    notes = Notes(
        title=f"{name} 说明",
        sections=[
            Section(heading="本次抽样", lines=_about(manifest, now)),
            Section(heading="各层名额", lines=_strata(manifest, rows, terms)),
            *_excluded(manifest),
            Section(
                heading="规则及其出处", lines=[(rule.name, sourced(rule, terms)) for rule in terms.rules]
            ),
            Section(
                heading="优先级", lines=[(p.title, f"{p.about}〔{p.source}〕") for p in terms.priorities]
            ),
            Section(heading="各栏含义", lines=[(column.title, column.about) for column in columns]),
        ],
    )
    samples = samples_of(manifest, rows, terms)
    return write_list(
        plan, samples, lambda: notes, folder=folder, formats=formats, now=now, progress=progress
    )


def sourced(rule: Rule, terms: SamplingTerms) -> str:
    """A rule with what it rests on."""
    text = rule.text
    if rule.name == "样品数量":
        samples = terms.samples
        text = f"本清单检验样品 {samples.test} 件、备用样品 {samples.spare} 件。{text}"
    return f"{text}〔来源 {rule.source}，置信 {rule.confidence}〕"


def _column(field: SamplingField) -> Column[Sample]:
    kind, value = (Kind.BLANK, _nothing) if field.value is None else VALUES[field.value]
    return Column(title=field.title, kind=kind, width=field.list, about=field.explained, value=value)


def _nothing(sample: Sample) -> None:
    del sample


def _about(manifest: Manifest, now: datetime) -> list[tuple[str, str]]:
    drawn = f"抽取 {len(manifest.chosen):,} 条（要求 {manifest.size:,} 条）"
    dimensions = " × ".join(_DIMENSIONS[name] for name in manifest.strata)
    lines = [
        ("专项行动", manifest.campaign or "全部"),
        ("候选范围", f"{_POPULATIONS[manifest.population_kind]}，共 {len(manifest.population):,} 条"),
        (
            "分层",
            f"{len(manifest.strata_drawn):,} 层（{dimensions}），{_ALLOCATIONS[manifest.allocation]}分配",
        ),
        ("抽取", drawn),
        ("随机种子", manifest.seed),
        ("候选清单哈希", manifest.population_sha256),
        ("算法版本", manifest.algorithm),
        ("抽样时间", f"{shown(manifest.made_at):%Y-%m-%d %H:%M}（北京时间）"),
        ("抽样记录哈希", manifest.sha256),
        ("复核方法", "monitor draw verify 抽样记录.json：不需要数据库，任何人都可重算"),
        ("排除", f"{len(manifest.excluded):,} 条"),
        ("所据名单", "；".join(manifest.sources) or "无"),
    ]
    if manifest.earlier:
        seeds = "、".join(f"{each.seed}（{shown(each.made_at):%m-%d %H:%M}）" for each in manifest.earlier)
        lines.append(("同一候选清单此前的抽样", f"{len(manifest.earlier)} 次：{seeds}"))
    return [*lines, ("导出时间", f"{shown(now):%Y-%m-%d %H:%M}（北京时间）")]


#: More strata or exclusions than anybody reads here; the manifest has them all.
_MOST_LINES = 200


def _strata(
    manifest: Manifest, rows: Mapping[str, SuspectRow], terms: SamplingTerms
) -> list[tuple[str, str]]:
    lines = []
    for item in manifest.strata_drawn[:_MOST_LINES]:
        times = "" if item.weight == 1 else f"，名额按 {item.weight} 倍计"
        said = f"{item.members:,} 条中抽 {item.drawn:,} 条，每条机会 {item.drawn}/{item.members}{times}"
        lines.append((stratum_title(manifest, item.stratum, rows, terms), said))
    return lines


def _excluded(manifest: Manifest) -> list[Section]:
    if not manifest.excluded:
        return []
    lines = [(item.title[:60], f"{item.reason} {item.url}") for item in manifest.excluded[:_MOST_LINES]]
    return [Section(heading="未列入候选的商品", lines=lines)]
