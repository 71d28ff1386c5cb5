"""网络抽样清单: what is proposed for online sampling, with the columns that the buyer fills in."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from pydantic import BaseModel, ConfigDict

from monitor.exporters.lists import Format, ListPlan, write_list
from monitor.exporters.notes import Notes, Section
from monitor.exporters.sampling_columns import sampling_columns
from monitor.exporters.suspect_columns import shown
from monitor.leads.sampling import propose
from monitor.storage.suspects import ListingFilter, listings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from monitor.exporters.files import ExportedFile
    from monitor.leads.sampling import Proposal
    from monitor.storage import Connection

NAME = "网络抽样清单"
#: 序号 … 商品标题 stay in sight
_FROZEN = 3


class Samples(BaseModel):
    """Units of one listing to be bought."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    test: int
    spare: int


class Rule(BaseModel):
    """A statement about sampling, and what it rests on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    text: str
    source: str
    confidence: str


class SamplingRules(BaseModel):
    """sampling_rules.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    samples: Samples
    rules: tuple[Rule, ...]


@cache
def sampling_rules() -> SamplingRules:
    """The rules that are shipped."""
    text = Path(__file__).with_name("sampling_rules.yaml").read_text(encoding="utf-8")
    return SamplingRules.model_validate(yaml.safe_load(text))


def export_sampling(  # noqa: PLR0913 - each is an option of the command
    connection: Connection,
    folder: Path,
    wanted: ListingFilter,
    *,
    seed: str | None = None,
    per_stratum: int = 1,
    formats: Sequence[Format] = ("xlsx", "csv"),
    now: datetime,
    progress: Callable[[int], None] | None = None,
) -> list[ExportedFile]:
    """Write what is proposed for online sampling among the listings in the scope of `wanted`.

    Args:
        connection: a reading transaction.
        folder: made when it is not there.
        wanted: campaign or run; suspects or not is of no matter, focus products are sampled either way.
        seed: for the draw; by default the scope and the day, so that a second export proposes the same.
        per_stratum: listings of each stratum of (category, site, place).
        formats: ``xlsx``, ``csv``.
        now: a time with its zone.
        progress: called with the rows written so far.

    Raises:
        ExportError: a file could not be written; none of them is there.

    """
    scope = ListingFilter(suspects_only=False, run_id=wanted.run_id, campaign=wanted.campaign)
    if seed is None:
        seed = f"{wanted.campaign or 'all'}/{wanted.run_id or 'all'}/{shown(now):%Y-%m-%d}"
    proposal = propose(listings(connection, scope), seed=seed, per_stratum=per_stratum)
    return write_sampling(
        proposal,
        folder,
        scope=wanted.campaign,
        run_id=wanted.run_id,
        formats=formats,
        now=now,
        progress=progress,
    )


def write_sampling(
    proposal: Proposal,
    folder: Path,
    *,
    scope: str | None,
    run_id: int | None = None,
    formats: Sequence[Format] = ("xlsx", "csv"),
    now: datetime,
    progress: Callable[[int], None] | None = None,
) -> list[ExportedFile]:
    """Write a proposal, wherever it comes from.

    Raises:
        ExportError: a file could not be written; none of them is there.

    """
    samples = sampling_rules().samples
    columns = sampling_columns(task=_task(scope, run_id), test=samples.test, spare=samples.spare)
    plan = ListPlan(name=NAME, scope=scope, columns=columns, frozen=_FROZEN)
    about = [
        ("专项行动", scope or "全部"),
        ("采集任务", f"第 {run_id} 号" if run_id is not None else "全部"),
        ("候选总数", f"{proposal.population:,} 条（重点产品和危险品种，在售）"),
        ("分层", f"{proposal.strata:,} 层（类别 × 平台 × 所在地），本清单抽取 {len(proposal.chosen):,} 条"),
        ("随机种子", proposal.seed),
        ("候选清单哈希", proposal.population_hash),
        ("算法版本", proposal.algorithm),
        ("导出时间", f"{shown(now):%Y-%m-%d %H:%M}（北京时间）"),
    ]
    notes = Notes(
        title="网络抽样清单 说明",
        sections=[
            Section(heading="本清单", lines=about),
            Section(heading="规则及其出处", lines=[(r.name, _sourced(r)) for r in sampling_rules().rules]),
            Section(heading="各栏含义", lines=[(column.title, column.about) for column in columns]),
        ],
    )
    rows = list(enumerate(proposal.chosen, 1))
    return write_list(plan, rows, lambda: notes, folder=folder, formats=formats, now=now, progress=progress)


def _task(scope: str | None, run_id: int | None) -> str:
    return "-".join(str(part) for part in (scope or "全部", run_id) if part is not None)


def _sourced(rule: Rule) -> str:
    return f"{rule.text}〔来源 {rule.source}，置信 {rule.confidence}〕"
