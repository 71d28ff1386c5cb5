"""审核清单: suspects and a random sample of what was filtered out, to be decided on in Excel."""

from __future__ import annotations

import hashlib
import json
import secrets
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.exporters.report.miss_words import miss_lines
from monitor.exporters.review.review_columns import review_columns
from monitor.exporters.review.review_sheets import write_review_book
from monitor.exporters.sheets.files import ExportedFile, file_stem, fresh_file
from monitor.exporters.sheets.notes import Notes, Section
from monitor.exporters.sheets.workbook import open_workbook
from monitor.exporters.suspect_columns import shown
from monitor.leads.review.misses import estimate_misses
from monitor.leads.review.review_check import guard_of
from monitor.leads.review.review_sample import ALGORITHM, draw_sample, mixed
from monitor.leads.review.review_terms import review_terms
from monitor.storage.engine import reading, writing
from monitor.storage.review_lists import (
    ReviewItem,
    ReviewList,
    Role,
    add_list,
    sample_results,
    sampled_before,
)
from monitor.storage.suspects import ListingFilter, count_listings, listing_marks, listings

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from monitor.leads.review.misses import MissEstimate
    from monitor.leads.review.review_sample import Sample
    from monitor.storage import Connection, Engine
    from monitor.storage.suspects import SuspectRow

NAME = "审核清单"


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewOrder:
    """What goes on a review list."""

    #: None for all campaigns
    campaign: str | None = None
    #: suspects, those of the highest risk first; the rest waits for the next list
    limit: int = 500
    #: filtered-out listings to add, of each category
    per_category: int = 10
    #: of the sample; None makes one up, and the list keeps it
    seed: str | None = None
    #: also suspects that are decided already
    decided_too: bool = False
    #: risk from which a listing was a suspect, for the notes
    threshold: float | None = None


def export_review(engine: Engine, folder: Path, order: ReviewOrder, *, now: datetime) -> ExportedFile:
    """Write a review list to `folder`, and store what stands on it.

    The list is stored last, just before the file gets its name: a file without its list could not be
    imported, and no reader of the database waits while the file is written.

    Raises:
        ExportError: the file could not be written; it is not there.
        UnknownCampaignError: the campaign never ran.

    """
    seed = order.seed if order.seed is not None else secrets.token_hex(8)
    with reading(engine) as connection:
        contents = _contents(connection, order, seed)
    made = _list(contents, order, seed, now)
    guarded = [
        (guard_of(made.identity, item), row) for item, row in zip(made.items, contents.rows, strict=True)
    ]
    stem = file_stem(NAME, order.campaign, now)
    with ExitStack() as stack:
        part, path = stack.enter_context(fresh_file(folder, stem, ".xlsx"))
        with open_workbook(part, title=stem, now=now) as book:
            write_review_book(book, made, guarded, _notes(contents, made, order))
        with writing(engine) as connection:
            add_list(connection, made)
    return ExportedFile(path=path, rows=len(guarded))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Contents:
    rows: list[SuspectRow]
    #: suspects that the list leaves to the next one
    left: int
    sample: Sample
    sampled: frozenset[int]
    estimate: MissEstimate


def _contents(connection: Connection, order: ReviewOrder, seed: str) -> _Contents:
    wanted = ListingFilter(campaign=order.campaign, undecided_only=not order.decided_too)
    suspects = [row for _, row in zip(range(order.limit), listings(connection, wanted), strict=False)]
    everything = ListingFilter(campaign=order.campaign, suspects_only=False)
    sample = draw_sample(
        listing_marks(connection, everything),
        seed=seed,
        per_category=order.per_category,
        before=sampled_before(connection, order.campaign),
    )
    drawn = ListingFilter(suspects_only=False, listing_ids=sample.listing_ids)
    return _Contents(
        rows=mixed(suspects, list(listings(connection, drawn)), seed=seed),
        left=count_listings(connection, wanted) - len(suspects),
        sample=sample,
        sampled=frozenset(sample.listing_ids),
        estimate=estimate_misses(sample_results(connection, order.campaign)),
    )


def _list(contents: _Contents, order: ReviewOrder, seed: str, now: datetime) -> ReviewList:
    items = tuple(
        ReviewItem(
            listing_id=row.id,
            role=Role.SAMPLE if row.id in contents.sampled else Role.SUSPECT,
            category=row.category,
            listing_digest=row.digest,
        )
        for row in contents.rows
    )
    said = [
        order.campaign,
        now.isoformat(),
        [(each.listing_id, each.role, each.category, each.listing_digest) for each in items],
    ]
    return ReviewList(
        identity=secrets.token_hex(16),
        digest=hashlib.sha256(json.dumps(said).encode()).hexdigest(),
        campaign=order.campaign,
        made_at=now,
        scope={
            "limit": order.limit,
            "per_category": order.per_category,
            "decided_too": order.decided_too,
            "threshold": order.threshold,
            "algorithm": ALGORITHM,
        },
        seed=seed,
        lexicon_versions=contents.sample.lexicon_versions,
        strata=contents.sample.strata,
        items=items,
    )


def _notes(contents: _Contents, made: ReviewList, order: ReviewOrder) -> Notes:
    terms = review_terms()
    left = f"，另有 {contents.left:,} 条留待下一份清单" if contents.left > 0 else ""
    about = [
        ("专项行动", order.campaign or "全部"),
        ("条数", f"{len(made.items):,} 条，含随机抽取的未列入商品，混排，不作标识{left}"),
        ("顺序", "疑似商品按风险从高到低；抽取的未列入商品插在随机位置"),
        ("词表版本", "、".join(sorted({row.lexicon_version for row in contents.rows})) or "无"),
        ("清单标识", made.identity),
        ("导出时间", f"{shown(made.made_at):%Y-%m-%d %H:%M}（北京时间）"),
    ]
    return Notes(
        title="审核清单 说明",
        sections=[
            Section(heading="本清单", lines=about),
            Section(heading="怎样填写", lines=_HOW),
            Section(
                heading=f"审核结论和排除原因（{terms.source}）",
                lines=[
                    *((term.label, term.about) for term in terms.decisions.values()),
                    *((f"排除：{reason.label}", reason.about) for reason in terms.reasons),
                ],
            ),
            Section(heading="漏检估计（此前各清单的审核结果）", lines=miss_lines(contents.estimate)),
            Section(heading="各栏含义", lines=[(each.title, each.about) for each in review_columns()]),
        ],
    )


_HOW = (
    (
        "只填黄色各栏",
        "其余各栏已锁定（无密码）。筛选可直接用；要排序请先撤销工作表保护，并选中全部各栏一起排。",
    ),
    ("先看商品", "先打开商品链接自行判断，再看“系统意见”表；两表同一行是同一商品（排序前）。"),
    ("不要", "不要改动编号，不要拆分或合并清单文件；可以增加自己的栏，导入时不读。"),
    ("交回", "原文件交回，用 monitor import-review 导入；可以分几次导入，已导入的不会重复。"),
    ("有冲突时", "他人此后已作出不同结论的，导入时列出，保留他人的结论，须核对后再定。"),
)
