"""What becomes of the rows of a returned list, without files and databases: properties that always hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.leads.review.review_check import FilledRow, Known, Outcome, check_rows, guard_of
from monitor.storage.review_lists import ReviewItem, ReviewList, Role
from monitor.storage.reviews import Decision, Review

MADE = datetime(2026, 10, 8, 1, tzinfo=UTC)
NOW = MADE + timedelta(days=3)
NUMBERS = range(1, 9)
ITEMS = tuple(
    ReviewItem(listing_id=n, role=Role.SUSPECT, category="TOY", listing_digest=f"{n:064}") for n in NUMBERS
)
LIST = ReviewList(
    identity="a" * 32, digest="", campaign="autumn", made_at=MADE, scope={}, seed="", lexicon_versions=(),
    strata=(), items=ITEMS, id=1,
)  # fmt: skip
OTHER = replace(LIST, identity="b" * 32, campaign="spring", id=2)


def known(made: ReviewList = LIST, reviews: tuple[Review, ...] = ()) -> Known:
    """What the database would say after `reviews`, in the order in which they were recorded."""
    by_time = sorted(reviews, key=lambda review: review.decided_at)
    return Known(
        made=made,
        current={review.listing_id: review for review in by_time},
        brought=[review for review in by_time if review.list_id == made.id],
        digests={item.listing_id: item.listing_digest for item in made.items},
    )


def check(rows, what: Known, now: datetime = NOW, **options):
    return check_rows(rows, what, source="list.xlsx", now=now, **options)


def recorded(checked, now: datetime) -> tuple[Review, ...]:
    return tuple(replace(row.review, recorded_at=now) for row in checked if row.outcome is Outcome.NEW)


#: 审核结论, 排除原因, 备注, 重复于, 审核人: as they should be, and not
RIGHT = [
    ("确认", None, None, None, "张三"),
    ("ＣＯＮＦＩＲＭＥＤ", None, "见图", None, "李四"),
    ("排除", "仅为配件", None, None, "张三"),
    ("排除", "其他", "模型", None, "李四"),
    ("需补充信息", None, "打不开", None, "张三"),
    ("重复", None, None, "8", "张三"),
    (None, None, None, None, "张三"),
]
WRONG = [
    ("瞎写", None, None, None, "张三"),
    ("排除", None, None, None, "张三"),
    ("排除", "其他", None, None, "张三"),
    ("排除", "没有这个", None, None, "张三"),
    ("确认", "仅为配件", None, None, "张三"),
    ("确认", None, None, None, None),
    ("重复", None, None, "77", "张三"),
    ("重复", None, None, "x", "张三"),
    (None, "仅为配件", None, None, "张三"),
]
DAYS = [None, None, None, date(2026, 10, 9), date(2020, 1, 1), "后天"]


@st.composite
def filled_rows(draw):
    """Rows of the list as people fill them in, rightly or wrongly; some stand there twice."""
    rows = []
    listings = draw(st.lists(st.sampled_from([*NUMBERS, 99]), max_size=12))
    for place, listing in enumerate(listings, 2):
        decision, reason, comment, duplicate_of, reviewer = draw(st.sampled_from(RIGHT * 3 + WRONG))
        edited = listing not in NUMBERS or draw(st.integers(0, 5)) == 0
        rows.append(
            FilledRow(
                number=place,
                listing=str(listing),
                guard="edited" if edited else guard_of(LIST.identity, ITEMS[listing - 1]),
                decision=decision,
                reason=reason,
                comment=comment,
                duplicate_of=duplicate_of,
                reviewer=reviewer,
                day=draw(st.sampled_from(DAYS)),
            )
        )
    return rows


@st.composite
def decisions(draw):
    """Decisions that others recorded before or after the list went out."""
    return tuple(
        Review(
            listing_id=listing,
            decision=draw(st.sampled_from([Decision.CONFIRMED, Decision.MORE_INFORMATION])),
            reviewer="王五",
            decided_at=when,
            recorded_at=when,
        )
        for listing in draw(st.sets(st.sampled_from(NUMBERS)))
        for when in [MADE + timedelta(hours=draw(st.sampled_from([-5, 5])))]
    )


@given(filled_rows(), decisions(), st.booleans())
def test_the_same_file_twice_adds_nothing(rows, before, override):
    first = check(rows, known(reviews=before), override=override)
    later = NOW + timedelta(days=1)
    after = before + recorded(first, NOW)
    again = check(rows, known(reviews=after), later, override=override)
    assert not recorded(again, later)
    told = {Outcome.WRONG, Outcome.CONFLICT}
    assert [r.outcome for r in again if r.outcome in told] == [r.outcome for r in first if r.outcome in told]


@given(filled_rows(), decisions(), st.data())
def test_the_order_of_the_rows_does_not_matter(rows, before, data):
    shuffled = [replace(row, number=n) for n, row in enumerate(data.draw(st.permutations(rows)), 2)]

    def result(some_rows):
        found = [
            (row.row.listing or "", row.outcome, row.review and replace(row.review, source_row=None))
            for row in check(some_rows, known(reviews=before))
        ]
        return sorted(found, key=repr)

    assert result(rows) == result(shuffled)


@given(filled_rows())
def test_rows_of_another_list_are_never_recorded(rows):
    checked = check(rows, known(made=OTHER), override=True)
    assert not recorded(checked, NOW)
    # even those whose listings stand on both
    assert {row.outcome for row in checked if row.row.decision} <= {Outcome.WRONG}


@given(filled_rows(), decisions())
def test_what_others_decided_meanwhile_holds_unless_overridden(rows, before):
    checked = check(rows, known(reviews=before))
    held = known(reviews=before + recorded(checked, NOW)).current
    for review in before:
        if review.recorded_at > MADE:
            assert held[review.listing_id].decision is review.decision


@given(filled_rows(), decisions(), st.booleans())
def test_what_is_recorded_is_whole_and_the_latest_word(rows, before, override):
    checked = check(rows, known(reviews=before), override=override)
    held = known(reviews=before + recorded(checked, NOW)).current
    for row in checked:
        if row.outcome is Outcome.NEW:
            review = row.review
            assert review.reviewer
            assert (review.reason is not None) == (review.decision is Decision.REJECTED)
            assert (review.duplicate_of is not None) == (review.decision is Decision.DUPLICATE)
            assert MADE < review.decided_at <= NOW
            assert held[review.listing_id].decision is review.decision
