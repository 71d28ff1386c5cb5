"""A review list goes out as a workbook and comes back: what is written, what is read, what is recorded."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.classifiers import Classification
from monitor.config import SHANGHAI
from monitor.exporters.review.review_columns import (
    COMMENT,
    DAY,
    DECISION,
    DUPLICATE_OF,
    NUMBER,
    REASON,
    REVIEWER,
)
from monitor.exporters.review.review_file import ReviewFileError, read_review
from monitor.exporters.review.review_list import ReviewOrder, export_review
from monitor.exporters.review.review_sheets import IDENTITY, OPINION, PROPERTIES, SHEET
from monitor.leads.review.review_check import Outcome
from monitor.leads.review.review_import import (
    ForeignListError,
    ImportOptions,
    Returned,
    check_returned,
    import_returned,
)
from monitor.listing import Listing
from monitor.storage import open_database
from monitor.storage.engine import reading, writing
from monitor.storage.review_lists import Role, find_list, sample_results
from monitor.storage.reviews import (
    Decision,
    Review,
    UnknownCampaignError,
    confirmed,
    current_reviews,
    record,
    reviews_of,
)

#: openpyxl does not know data bars, and says so
pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")

#: Lists are made now and come back later.
#: In the zone whose days people write.
MADE = datetime.now(SHANGHAI).replace(microsecond=0)
LATER = MADE + timedelta(days=3)
SEEN = datetime(2026, 9, 1, tzinfo=UTC)
#: Listings 1–6 are suspects of falling risk; 7–26 are toys and 27–46 have no category, all filtered out.
SUSPECTS = 6


def classified(number: int) -> Classification:
    if number <= SUSPECTS:
        return Classification(
            category="TOY", subcategory="TOY.MAG.BALL", risk=1 - number / 100, suspect=True,
            reasons=("标题写有“磁力球”",), lexicon_version="v1",
        )  # fmt: skip
    return Classification(category="TOY" if number <= 26 else None, subcategory=None, lexicon_version="v1")


def offers(numbers, **changes) -> list[tuple[Listing, Classification]]:
    return [
        (
            Listing(
                **{
                    "site": "shop",
                    "price": Decimal("9.90"),
                    "url": f"http://shop.test/{each:03}",
                    "title": f"=磁力球 {each} 13800138000",
                    **changes,
                }
            ),
            classified(each),
        )
        for each in numbers
    ]


@pytest.fixture(scope="module")
def template(tmp_path_factory, migrated_file, crawled_page):
    """A database with the campaigns autumn (all listings) and spring (7–9); copied for every test."""
    path = shutil.copy(migrated_file, tmp_path_factory.mktemp("template") / "monitor.db")
    engine = open_database(f"sqlite:///{path}")
    crawled_page(engine, offers(range(1, 47)), at=SEEN)
    crawled_page(engine, offers(range(7, 10)), at=SEEN, campaign="spring")
    engine.dispose()
    return path


@pytest.fixture
def shop(template, tmp_path):
    engine = copied(template, tmp_path / "monitor.db")
    yield engine
    engine.dispose()


def copied(template, path):
    shutil.copy(template, path)
    return open_database(f"sqlite:///{path}", timeout=5)


def export(engine, folder, campaign: str | None = "autumn", **order):
    values = {"campaign": campaign, "per_category": 3, "seed": "s", **order}
    return export_review(engine, folder, ReviewOrder(**values), now=MADE).path


def fill(path, said: dict[int, dict[str, object]], *, to=None, change=None):
    """Write decisions into a list as a person would: by listing number and heading."""
    book = openpyxl.load_workbook(path)
    sheet = book[SHEET]
    places = {cell.value: cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        for title, value in said.get(sheet.cell(row, places[NUMBER]).value, {}).items():
            sheet.cell(row, places[title]).value = value
    if change is not None:
        change(book)
    target = to or path.with_name("filled.xlsx")
    book.save(target)
    book.close()
    return target


def said(decision: str, **more) -> dict[str, object]:
    titles = {"reason": REASON, "comment": COMMENT, "of": DUPLICATE_OF, "by": REVIEWER, "day": DAY}
    return {DECISION: decision, REVIEWER: "李四"} | {titles[name]: value for name, value in more.items()}


def returned(path) -> Returned:
    filled = read_review(path)
    return Returned(source=filled.name, identity=filled.identity, campaign=filled.campaign, rows=filled.rows)


def take(engine, path, *, now=LATER, **options):
    with writing(engine) as connection:
        return import_returned(connection, returned(path), ImportOptions(**options), now=now)


def outcomes(checked) -> dict[str, Outcome]:
    return {row.row.listing: row.outcome for row in checked if row.outcome is not Outcome.OPEN}


def count(engine) -> int:
    with reading(engine) as connection:
        return sum(len(reviews_of(connection, number)) for number in range(1, 47))


FILLED = {
    1: said("确认", comment="有图"),
    2: said("排除", reason="仅为配件"),
    3: said("重复", of=1),
    4: said("需补充信息", comment="打不开"),
}


# what goes out


def test_suspects_keep_their_order_and_samples_stand_among_them_unmarked(shop, tmp_path):
    book = openpyxl.load_workbook(export(shop, tmp_path))
    rows = list(book[SHEET].iter_rows(min_row=2, values_only=True))
    numbers = [row[0] for row in rows]
    assert [n for n in numbers if n <= SUSPECTS] == [1, 2, 3, 4, 5, 6]
    sampled = [n for n in numbers if n > SUSPECTS]
    assert len([n for n in sampled if n <= 26]) == len([n for n in sampled if n > 26]) == 3
    with reading(shop) as connection:
        stored = find_list(connection, read_review(tmp_path / next(tmp_path.glob("审核清单*")).name).identity)
    assert [item.listing_id for item in stored.items] == numbers
    assert {item.listing_id for item in stored.items if item.role is Role.SAMPLE} == set(sampled)
    assert [(s.category, s.filtered_out, s.sampled) for s in stored.strata] == [(None, 20, 3), ("TOY", 20, 3)]
    # nothing in the sheet that is filled in tells the roles apart
    titles = [cell.value for cell in book[SHEET][1]]
    facts = {titles[n]: {row[n] is None for row in rows} for n in range(len(titles))}
    assert all(len(empty) == 1 for empty in facts.values())
    assert not {"风险", "疑点说明", "类别", "采集与固证"} & set(titles)
    assert [row[0] for row in book[OPINION].iter_rows(min_row=2, values_only=True)] == numbers


def test_texts_are_texts_and_numbers_of_people_are_masked(shop, tmp_path):
    sheet = openpyxl.load_workbook(export(shop, tmp_path))[SHEET]
    assert sheet["B2"].value.startswith("=磁力球")
    assert sheet["B2"].data_type in {"s", "inlineStr"}
    assert "13800138000" not in sheet["B2"].value


def test_only_what_is_to_be_filled_in_can_be_written_and_choices_are_offered(shop, tmp_path):
    book = openpyxl.load_workbook(export(shop, tmp_path))
    sheet = book[SHEET]
    assert sheet.protection.sheet
    places = {cell.value: cell.column for cell in sheet[1]}
    unlocked = {title for title, n in places.items() if not sheet.cell(2, n).protection.locked}
    assert unlocked == {DECISION, REASON, COMMENT, DUPLICATE_OF, REVIEWER, DAY}
    lists = {str(v.sqref): v.formula1 for v in sheet.data_validations.dataValidation if v.type == "list"}
    assert lists == {"D2:D13": f"'{IDENTITY}'!$C$1:$C$4", "E2:E13": f"'{IDENTITY}'!$D$1:$D$7"}
    assert [book[IDENTITY].cell(row, 3).value for row in range(1, 5)] == [
        "确认",
        "排除",
        "需补充信息",
        "重复",
    ]
    assert book[IDENTITY].sheet_state == "veryHidden"


def test_decided_suspects_are_left_out_unless_asked_for(shop, tmp_path):
    with writing(shop) as connection:
        record(
            connection,
            [
                Review(listing_id=1, decision=Decision.CONFIRMED, reviewer="张三", decided_at=MADE),
                Review(listing_id=2, decision=Decision.MORE_INFORMATION, reviewer="张三", decided_at=MADE),
            ],
        )

    def listed(**order):
        path = export(shop, tmp_path, per_category=0, **order)
        return [int(row.listing) for row in read_review(path).rows]

    assert listed() == [2, 3, 4, 5, 6]
    assert listed(decided_too=True) == [1, 2, 3, 4, 5, 6]
    assert listed(limit=2) == [2, 3]


def test_a_list_that_cannot_be_written_is_not_stored(shop, tmp_path):
    with pytest.raises(UnknownCampaignError, match="winter"):
        export(shop, tmp_path, campaign="winter")
    assert not list(tmp_path.glob("*.xlsx"))
    assert not list(tmp_path.glob(".*part"))


# what comes back


def test_decisions_are_recorded_with_who_when_and_from_which_row(shop, tmp_path):
    path = fill(export(shop, tmp_path), FILLED)
    checked = take(shop, path)
    assert outcomes(checked) == dict.fromkeys(map(str, FILLED), Outcome.NEW)
    with reading(shop) as connection:
        held = current_reviews(connection, range(1, 47))
        assert confirmed(connection, "autumn") == [1]
    assert {n: (r.decision, r.reason, r.duplicate_of) for n, r in held.items()} == {
        1: (Decision.CONFIRMED, None, None),
        2: (Decision.REJECTED, "accessory", None),
        3: (Decision.DUPLICATE, None, 1),
        4: (Decision.MORE_INFORMATION, None, None),
    }
    row = next(each.row.number for each in checked if each.row.listing == "1")
    one = held[1]
    assert (one.reviewer, one.comment, one.source, one.source_row) == ("李四", "有图", "filled.xlsx", row)
    assert (one.campaign, one.decided_at) == ("autumn", LATER)


def test_the_same_file_twice_adds_nothing(shop, tmp_path):
    path = fill(export(shop, tmp_path), FILLED)
    take(shop, path)
    again = take(shop, path, now=LATER + timedelta(days=1))
    assert set(outcomes(again).values()) == {Outcome.RECORDED}
    assert count(shop) == len(FILLED)


def test_rows_may_be_filled_in_later_and_corrected_by_the_same_reviewer(shop, tmp_path):
    path = export(shop, tmp_path)
    take(shop, fill(path, {1: said("确认")}))
    checked = take(
        shop, fill(path, {1: said("排除", reason="核对合规"), 2: said("确认")}), now=LATER + timedelta(days=1)
    )
    assert outcomes(checked) == {"1": Outcome.NEW, "2": Outcome.NEW}
    with reading(shop) as connection:
        assert current_reviews(connection, [1])[1].decision is Decision.REJECTED
        assert len(reviews_of(connection, 1)) == 2
    # the older copy again: what holds now is not overwritten by it
    stale = take(shop, fill(path, {1: said("确认")}), now=LATER + timedelta(days=2))
    assert outcomes(stale) == {"1": Outcome.CONFLICT}


def test_what_others_decided_meanwhile_is_kept_unless_told_otherwise(shop, tmp_path):
    path = fill(export(shop, tmp_path), {1: said("确认"), 2: said("确认")})
    theirs = Review(
        listing_id=1, decision=Decision.REJECTED, reason="accessory", reviewer="王五", decided_at=LATER
    )
    with writing(shop) as connection:
        record(
            connection,
            [theirs, Review(listing_id=2, decision=Decision.CONFIRMED, reviewer="王五", decided_at=LATER)],
        )
    checked = take(shop, path, now=LATER + timedelta(hours=1))
    assert outcomes(checked) == {"1": Outcome.CONFLICT, "2": Outcome.NEW}  # agreement is no conflict
    assert "王五 said 'rejected' (accessory)" in next(
        r.said for r in checked if r.outcome is Outcome.CONFLICT
    )
    with reading(shop) as connection:
        assert current_reviews(connection, [1])[1].reviewer == "王五"
    checked = take(shop, path, now=LATER + timedelta(hours=2), override=True)
    assert outcomes(checked) == {"1": Outcome.NEW, "2": Outcome.RECORDED}
    with reading(shop) as connection:
        assert current_reviews(connection, [1])[1].reviewer == "李四"
        assert len(reviews_of(connection, 1)) == 2
    assert outcomes(take(shop, path, now=LATER + timedelta(hours=3), override=True))["1"] is Outcome.RECORDED


def test_two_reviewers_of_one_list_who_disagree_are_a_conflict(shop, tmp_path):
    path = export(shop, tmp_path)
    take(shop, fill(path, {1: said("确认", by="张三")}))
    checked = take(
        shop,
        fill(path, {1: said("排除", reason="其他", comment="模型", by="李四")}),
        now=LATER + timedelta(1),
    )
    assert outcomes(checked) == {"1": Outcome.CONFLICT}


@pytest.mark.parametrize(
    ("filled", "told"),
    [
        (said("好像是"), "unknown 审核结论 '好像是'"),
        (said("排除"), "a rejection needs a reason"),
        (said("排除", reason="不知道"), "unknown reason '不知道'"),
        (said("排除", reason="其他"), "needs a comment"),
        (said("确认", reason="仅为配件"), "a reason belongs to a rejection"),
        (said("确认", by=None), "no reviewer"),
        (said("重复"), "needs the number"),
        (said("重复", of=1), "cannot repeat itself"),
        (said("重复", of=999), "number of no listing"),
        (said("重复", of="第一条"), "number of no listing"),
        (said("确认", of=2), "is no duplicate"),
        (said("确认", day="下周"), "is no day"),
        (said("确认", day=date(2199, 1, 1)), "in the future"),
        (said("确认", day=date(2020, 1, 1)), "before the list was made"),
        ({REASON: "仅为配件"}, "no 审核结论"),
    ],
)
def test_a_wrong_row_is_named_and_the_others_are_recorded(shop, tmp_path, filled, told):
    path = fill(export(shop, tmp_path), {1: filled, 2: said("确认")})
    checked = take(shop, path)
    assert outcomes(checked) == {"1": Outcome.WRONG, "2": Outcome.NEW}
    (wrong,) = (row for row in checked if row.outcome is Outcome.WRONG)
    assert told in wrong.said
    assert count(shop) == 1


def test_an_edited_number_is_found_out(shop, tmp_path):
    path = export(shop, tmp_path)
    checked = take(shop, fill(path, {1: {NUMBER: 2, **said("确认")}, 5: {NUMBER: 77, **said("确认")}}))
    told = {row.row.listing: row.said for row in checked if row.outcome is Outcome.WRONG}
    assert "does not belong to this row" in told["2"]
    assert "no listing of this list" in told["77"]
    assert count(shop) == 0


def test_a_listing_that_changed_since_is_recorded_and_named(shop, tmp_path, crawled_page):
    path = fill(export(shop, tmp_path), {1: said("确认")})
    crawled_page(shop, offers([1], title="磁力球 改了标题"), at=SEEN + timedelta(minutes=1))
    checked = take(shop, path)
    (row,) = (each for each in checked if each.outcome is Outcome.NEW)
    assert "has changed since" in row.warning


def test_a_dry_run_says_the_same_and_records_nothing(shop, tmp_path):
    path = fill(export(shop, tmp_path), FILLED)
    with reading(shop) as connection:
        dry = check_returned(connection, returned(path), ImportOptions(), now=LATER)
    assert count(shop) == 0
    assert take(shop, path) == dry


# whose it is


def test_a_list_of_another_campaign_or_database_is_refused(shop, template, tmp_path):
    path = fill(export(shop, tmp_path), {1: said("确认")})
    with pytest.raises(ForeignListError, match="is of the campaign 'autumn', not of the campaign 'spring'"):
        take(shop, path, campaign="spring")
    other = copied(template, tmp_path / "other.db")
    with pytest.raises(ForeignListError, match="did not go out from this database"):
        take(other, path)
    assert count(other) == 0
    other.dispose()

    def forged(book):
        for each in book.custom_doc_props.props:
            if each.name == "monitor_campaign":
                each.value = "spring"

    with pytest.raises(ForeignListError, match="says that it is of the campaign 'spring'"):
        take(shop, fill(path, {}, change=forged, to=tmp_path / "forged.xlsx"))
    assert count(shop) == 0


@pytest.mark.slow
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_rows_under_the_name_of_another_list_are_refused(template, tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("foreign")
    engine = copied(template, folder / "monitor.db")
    filled = {n: said("确认") for n in data.draw(st.sets(st.integers(7, 9), min_size=1))}
    ours = fill(export(engine, folder, per_category=50), filled)
    theirs = read_review(export(engine, folder, campaign="spring", per_category=50))
    mixed_up = Returned(
        source="x", identity=theirs.identity, campaign=theirs.campaign, rows=read_review(ours).rows
    )
    with writing(engine) as connection:
        checked = import_returned(connection, mixed_up, ImportOptions(), now=LATER)
    assert {row.outcome for row in checked if row.row.decision} == {Outcome.WRONG}
    assert count(engine) == 0
    engine.dispose()


# what people and their programs do to it

ANY_DECISION = st.sampled_from([*FILLED.values(), said("瞎写"), said("排除"), said("确认", by=None), {}])


@pytest.mark.slow
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(filled=st.dictionaries(st.integers(1, 6), ANY_DECISION), data=st.data())
def test_sorted_or_shuffled_rows_give_the_same_and_twice_is_once(template, tmp_path_factory, filled, data):
    folder = tmp_path_factory.mktemp("shuffled")
    one, other = copied(template, folder / "one.db"), copied(template, folder / "other.db")
    path = fill(export(one, folder), filled)
    rows = read_review(path).rows
    shuffled = data.draw(st.permutations(rows))
    here = returned(path)
    first = take(one, path)
    size = count(one)
    with writing(one) as connection:
        again = Returned(source="again", identity=here.identity, campaign=here.campaign, rows=shuffled)
        second = import_returned(connection, again, ImportOptions(), now=LATER + timedelta(hours=1))
    assert count(one) == size
    assert [row.outcome for row in second].count(Outcome.RECORDED) == size
    assert {r.row.listing: r.said for r in first if r.outcome is Outcome.WRONG} == {
        r.row.listing: r.said for r in second if r.outcome is Outcome.WRONG
    }
    one.dispose()
    other.dispose()


def test_sorting_extra_columns_a_title_row_and_full_width_text_do_no_harm(shop, tmp_path):
    def mess(book):
        sheet = book[SHEET]
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        head, body = rows[0], sorted(rows[1:], key=lambda row: str(row[1]), reverse=True)
        order = list(range(len(head)))[::-1]  # columns moved about
        sheet.delete_rows(1, sheet.max_row)
        sheet.append(["审核清单（质量科）"])
        sheet.append([])
        sheet.append(["我的栏", *(head[n] for n in order)])
        for row in body:
            sheet.append(["自己的话", *(row[n] for n in order)])
        sheet.append([])
        sheet.append(["合计", 12])
        for name in PROPERTIES:
            del book.custom_doc_props[name]

    filled = {
        1: said(" 确 认 ", day="2199年1月1日"),
        2: said("排除", reason="ｏｔｈｅｒ", comment="见１"),
        3: {**said("重复", of="１"), NUMBER: "３"},
        4: said("属实", by="　王　五　"),
        5: said("confirmed", day=MADE.date()),
    }
    filled[1][DAY] = (MADE + timedelta(days=1)).strftime("%Y年%m月%d日")
    path = fill(export(shop, tmp_path), filled, change=mess)
    checked = take(shop, path)
    assert outcomes(checked) == dict.fromkeys("12345", Outcome.NEW)
    with reading(shop) as connection:
        held = current_reviews(connection, range(1, 6))
    assert held[2].reason == "other"
    assert held[3].duplicate_of == 1
    assert held[4].reviewer == "王 五"
    assert held[1].decided_at.date() == (MADE + timedelta(days=1)).date()


def test_a_row_that_was_copied_counts_once_and_is_wrong_if_its_copies_differ(shop, tmp_path):
    def copy(book):
        sheet = book[SHEET]
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        for row in rows[1:]:
            if row[0] == 1:
                sheet.append(row)
            if row[0] == 2:
                sheet.append([*row[:3], "需补充信息", *row[4:]])

    path = fill(export(shop, tmp_path), {1: said("确认"), 2: said("确认")}, change=copy)
    checked = take(shop, path)
    assert sorted((r.row.listing, r.outcome) for r in checked if r.row.decision) == [
        ("1", Outcome.RECORDED),
        ("1", Outcome.NEW),
        ("2", Outcome.WRONG),
        ("2", Outcome.WRONG),
    ]
    assert count(shop) == 1


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda book: setattr(book[SHEET], "title", "Sheet1"), "no sheet '审核清单'"),
        (lambda book: book[SHEET].delete_cols(4), "headings 编号 and 审核结论"),
        (lambda book: book[SHEET].delete_cols(5), "lacks the heading 排除原因"),
        (lambda book: setattr(book[SHEET]["F1"], "value", REASON), "lacks the heading 备注"),
        (lambda book: setattr(book[SHEET]["J1"], "value", REASON), "排除原因 twice"),
    ],
)
def test_a_sheet_that_lost_its_shape_is_refused_with_the_mend(shop, tmp_path, change, told):
    path = fill(export(shop, tmp_path), {1: said("确认")}, change=change)
    with pytest.raises(ReviewFileError, match=told):
        read_review(path)


def test_files_that_are_no_review_list_are_refused(tmp_path):
    with pytest.raises(ReviewFileError, match=r"only \.xlsx"):
        read_review(tmp_path / "list.csv")
    with pytest.raises(ReviewFileError, match="no such file"):
        read_review(tmp_path / "list.xlsx")
    (tmp_path / "list.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    with pytest.raises(ReviewFileError, match="cannot be read"):
        read_review(tmp_path / "list.xlsx")
    openpyxl.Workbook().save(tmp_path / "list.xlsx")
    with pytest.raises(ReviewFileError, match="no review list"):
        read_review(tmp_path / "list.xlsx")


@pytest.mark.slow
def test_a_list_that_libreoffice_saved_again_gives_the_same(shop, tmp_path):
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    path = fill(export(shop, tmp_path), FILLED | {5: said("确认", day=MADE.date())})
    command = [
        office, "--headless", f"-env:UserInstallation=file://{tmp_path}/office", "--convert-to", "xlsx",
        "--outdir", str(tmp_path / "again"), str(path),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    assert returned(tmp_path / "again" / path.name) == returned(path)


# what the sample is for


def test_misses_are_counted_from_the_decisions_on_the_sample(shop, tmp_path):
    path = export(shop, tmp_path)
    with reading(shop) as connection:
        made = find_list(connection, read_review(path).identity)
        assert {each.decided for each in sample_results(connection, "autumn")} == {0}
        assert sample_results(connection, "spring") == []
    drawn = [item for item in made.items if item.role is Role.SAMPLE]
    toys = [item.listing_id for item in drawn if item.category == "TOY"]
    others = [item.listing_id for item in drawn if item.category is None]
    filled = {
        1: said("确认"),  # a suspect counts for nothing here
        toys[0]: said("确认"),
        toys[1]: said("排除", reason="仅为配件"),
        toys[2]: said("需补充信息"),
        others[0]: said("重复", of=toys[0]),
    }
    take(shop, fill(path, filled))
    with reading(shop) as connection:
        found = {each.category: each for each in sample_results(connection, "autumn")}
    toy, none = found["TOY"], found[None]
    assert (toy.filtered_out, toy.sampled, toy.decided, toy.missed) == (20, 3, 2, 1)
    assert (none.sampled, none.decided, none.missed) == (3, 1, 1)  # as the listing that it repeats
    # a second list draws others, and both count together; its notes say what is known by now
    second = export(shop, tmp_path)
    with reading(shop) as connection:
        more = find_list(connection, read_review(second).identity)
        found = {each.category: each for each in sample_results(connection, "autumn")}
    again = {item.listing_id for item in more.items if item.role is Role.SAMPLE}
    assert not again & {*toys[:2], others[0]}
    assert (found["TOY"].decided, found["TOY"].missed) == (2, 1)
    notes = [str(row) for row in openpyxl.load_workbook(second)["说明"].iter_rows(values_only=True)]
    assert any("漏检率" in row and "确认漏检 2 条" in row for row in notes)


def test_notes_of_the_first_list_say_that_misses_are_not_known(shop, tmp_path):
    notes = openpyxl.load_workbook(export(shop, tmp_path))["说明"].iter_rows(values_only=True)
    assert any("漏检情况未知（不是 0）" in str(row) for row in notes)
