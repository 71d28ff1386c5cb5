"""After the test: results held against the draw, and what a failed sample opens, once."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date, timedelta

import pytest
import yaml

from monitor.campaigns.plan import Query
from monitor.classifiers import FindingKind
from monitor.classifiers.classify import default_classifier
from monitor.exporters.sampling.followup import export_follow_up
from monitor.leads.sampling.after_test import follow_ups, record_results
from monitor.leads.sampling.draw import Allocation
from monitor.leads.sampling.drawing import Known, Wanted, drawn_rows, make_draw
from monitor.leads.sampling.listed_before import known_from_lists
from monitor.leads.sampling.manifest import Manifest
from monitor.leads.sampling.population import PopulationKind
from monitor.leads.sampling.results import Outcome, check_results
from monitor.leads.sampling.sampling_terms import sampling_terms
from monitor.listing import Listing, Seller
from monitor.matching.listed_goods import apply_lists, stored_entries
from monitor.storage.engine import reading, writing
from monitor.storage.lead_status import LeadKind
from monitor.storage.leads import LeadFilter, leads
from monitor.storage.results import results
from monitor.storage.suspects import ListingFilter, listings

from .conftest import AT

TERMS = sampling_terms()
TODAY = date(2026, 11, 20)
NOW = AT + timedelta(days=57)
HEADER = "抽样编号,检验结论,不合格项目,报告编号,报告日期,检验机构,实物标称生产者,检验类型"
SELLER = Seller(name="快乐童年", url="https://shop.example.test/s/1", address="福建省泉州市晋江市青阳街道1号")
OTHER = Seller(name="别家", url="https://shop.example.test/s/2", address="浙江省金华市义乌市稠城街道2号")
PRODUCER = {
    "brand": "墨小喵",
    "model": "ML-08",
    "manufacturer": "汕头市小星玩具厂",
    "manufacturer_address": "广东省汕头市澄海区凤翔街道3号",
}


def goods(number: int, title: str, seller: Seller, **attributes: str) -> Listing:
    return Listing(
        site="mall",
        url=f"https://shop.example.test/{number}",
        title=title,
        seller=seller,
        attributes=attributes,
        seen_at=AT,
    )


@pytest.fixture
def numbers(database, store):
    """抽样编号 by listing of a draw of everything."""
    store(
        [
            goods(1, "墨小喵磁力片 儿童积木 ML-08", SELLER, **PRODUCER),
            goods(2, "学生固体胶 大容量", SELLER),
            goods(3, "别家代购 墨小喵磁力片 ML-08 儿童积木", OTHER),
            goods(4, "婴儿奶嘴 宽口径", OTHER),
        ]
    )
    order = Wanted(campaign="mid-autumn", seed="s", size=9, allocation=Allocation.EQUAL)
    with writing(database) as connection:
        stored, _ = make_draw(connection, order, known=Known(), terms=TERMS, now=AT)
        rows = drawn_rows(connection, stored)
    return {row.url.rsplit("/", 1)[1]: number for number, row in rows.items()}


def write(tmp_path, *rows: str):
    file = tmp_path / "results.csv"
    file.write_text("\n".join((HEADER, *rows)) + "\n", "utf-8")
    return file


def check(database, file, **options):
    with reading(database) as connection:
        return check_results(connection, file, today=TODAY, **options)


def import_(database, file):
    with writing(database) as connection:
        checked = check_results(connection, file, today=TODAY)
        done = record_results(connection, checked, terms=TERMS, by="李", source="results.csv", now=NOW)
        apply_lists(connection, default_classifier(), at=NOW)
    return checked, done


def test_a_failed_sample_opens_what_has_to_follow_and_once(database, numbers, tmp_path):
    failed = f"{numbers['1']},不合格,小零件,BG-1,2026-10-12,某院,汕头市小星玩具厂,"
    file = write(
        tmp_path, failed, f"{numbers['2']},合格,,BG-2,2026-10-12,某院,,", f"{numbers['4']},未购到,,,,,,"
    )
    checked, done = import_(database, file)
    assert (len(checked.new), checked.problems) == (3, ())
    assert (done.recorded, done.failed, len(done.leads), done.entries) == (3, 1, 2, 1)
    with reading(database) as connection:
        opened = {each.kind: each for each in leads(connection, LeadFilter())}
        (entry,) = stored_entries(connection)
        found = results(connection)
        rows = {row.url[-1]: row for row in listings(connection, ListingFilter(suspects_only=False))}
    seller, producer = opened[LeadKind.SELLER], opened[LeadKind.PRODUCER]
    assert (seller.receiver.name, seller.receiver.rule) == ("晋江市市场监督管理局", "R1")
    assert (producer.receiver.name, producer.receiver.rule) == ("汕头市市场监督管理局", "R6")
    assert producer.subject.name == "汕头市小星玩具厂"
    assert seller.origin == f"抽样 {numbers['1']} 检验不合格（小零件）"
    assert (entry.brand, entry.model, entry.defect, entry.level) == ("墨小喵", "ML-08", "小零件", "市级")
    assert {each.outcome: (each.retest_on, each.retest_provisional) for each in found} == {
        "failed": (date(2026, 11, 23), False),
        "passed": (None, False),
        "not bought": (None, False),
    }
    # the same product at the other seller is now a suspect
    assert [f.id for f in rows["3"].findings if f.kind is FindingKind.WATCHLIST] == ["failed-sampling"]
    assert rows["3"].suspect
    once = (opened, found, entry, rows)
    checked, done = import_(database, file)
    assert (len(checked.new), len(checked.known), done.recorded, done.leads, done.entries) == (0, 3, 0, (), 0)
    with reading(database) as connection:
        assert once == (
            {each.kind: each for each in leads(connection, LeadFilter())},
            results(connection),
            stored_entries(connection)[0],
            {row.url[-1]: row for row in listings(connection, ListingFilter(suspects_only=False))},
        )


def test_the_same_product_elsewhere_and_words_to_search_for(database, numbers, tmp_path):
    import_(database, write(tmp_path, f"{numbers['1']},不合格,小零件,BG-1,2026-10-12,某院,,"))
    with reading(database) as connection:
        (todo,) = follow_ups(connection)
        xlsx, listed, words = export_follow_up(connection, tmp_path, now=NOW)
    assert [(same.url[-1], same.seller, same.why) for same in todo.same] == [("3", "别家", "商标和型号相同")]
    assert todo.words == ("墨小喵 ML-08", "墨小喵 磁力片", "ML-08 磁力片", "汕头市小星玩具厂 磁力片")
    with listed.path.open(encoding="utf-8-sig", newline="") as file:
        (line,) = csv.DictReader(file)
    assert (line["抽样编号"], line["复查不迟于"]) == (numbers["1"], "2026-11-23\t")
    assert "别家（mall）" in line["其他在售的同一产品"]
    (query,) = yaml.safe_load(words.path.read_text("utf-8"))["search"]
    assert Query.model_validate(query).words == list(todo.words) or tuple(query["words"]) == todo.words
    assert xlsx.rows == 1


def test_a_spare_sample_that_passed_needs_nothing_more(database, numbers, tmp_path):
    import_(database, write(tmp_path, f"{numbers['1']},不合格,小零件,BG-1,2026-10-12,某院,,"))
    again = write(tmp_path, f"{numbers['1']},合格,,BG-9,2026-10-30,某院,,复检")
    assert import_(database, again)[1].recorded == 1
    with reading(database) as connection:
        assert follow_ups(connection) == []
        files = export_follow_up(connection, tmp_path, now=NOW)
    assert [each.rows for each in files] == [0, 0]


#: Rows of one list, and what is said of them; None of the one that is taken.
ROWS = (
    ("{2},合格,,,,,,", None),
    ("XXXX-001,合格,,,,,,", "no sample has this 抽样编号"),
    (",合格,,,,,,", "抽样编号 is empty"),
    ("{1},还行,,,,,,", "is not understood: write 不合格、合格、未购到"),
    ("{1},不合格,,,2026-10-12,,,", "name what failed"),
    ("{1},不合格,小零件,,,,,", "报告日期 is empty"),
    ("{1},不合格,小零件,,十月,,,", "is no date"),
    ("{1},不合格,小零件,,2026-09-01,,,", "before the draw"),
    ("{1},不合格,小零件,,2026-12-01,,,", "in the future"),
    ("{1},合格,,,,,,再检", "write 检验, 复检 or 复查"),
    ("{2},合格,,,,,,", "stands in row 2 already"),
)


def test_rows_that_do_not_fit_are_named_and_the_others_taken(database, numbers, tmp_path):
    rows = [row.replace("{1}", numbers["1"]).replace("{2}", numbers["2"]) for row, _ in ROWS]
    checked = check(database, write(tmp_path, *rows))
    assert [each.sample.number for each in checked.new] == [numbers["2"]]
    assert [each.row for each in checked.problems] == list(range(3, len(ROWS) + 2))
    for problem, (_, said) in zip(checked.problems, ROWS[1:], strict=True):
        assert said in problem.what


def test_a_list_does_not_change_what_is_recorded(database, numbers, tmp_path):
    import_(database, write(tmp_path, f"{numbers['2']},合格,,,,,,"))
    checked = check(database, write(tmp_path, f"{numbers['2']},不合格,邻苯,,2026-10-12,,,"))
    assert checked.new == checked.known == ()
    assert "was recorded as passed before" in checked.problems[0].what


def test_rows_of_another_draw_are_refused_when_one_is_named(database, numbers, tmp_path):
    checked = check(database, write(tmp_path, f"{numbers['2']},合格,,,,,,"), draw_id=7)
    assert checked.problems[0].what == "belongs to draw 1, not to draw 7"


def test_a_result_is_written_in_any_case_and_with_another_header(database, numbers, tmp_path):
    file = tmp_path / "other.csv"
    file.write_text(
        f"样品编号,综合判定,不合格项,签发日期\n{numbers['1'].lower()},不符合,硼,2026年10月12日\n", "utf-8"
    )
    (result,) = check(database, file).new
    assert (result.outcome, result.reported_on, result.failed_items) == (
        Outcome.FAILED,
        date(2026, 10, 12),
        "硼",
    )


def test_what_failed_is_drawn_first_the_next_time_and_what_a_higher_level_sampled_is_not(
    database, numbers, tmp_path
):
    import_(database, write(tmp_path, f"{numbers['1']},不合格,小零件,BG-1,2026-10-12,某院,,"))
    national = tmp_path / "national.csv"
    national.write_text("产品名称,商标,抽查级别,抽样日期\n奶嘴,宽口,国家,2026-08-01\n", "utf-8")
    with writing(database) as connection:
        known = known_from_lists(connection, [national], terms=TERMS, today=TODAY)
        order = Wanted(campaign="mid-autumn", seed="t", size=9, allocation=Allocation.EQUAL)
        stored, _ = make_draw(connection, order, known=known, terms=TERMS, now=NOW)
    manifest = Manifest.model_validate_json(stored.manifest)
    priority = {item.url[-1]: item.stratum[3] for item in manifest.population}
    # 1 failed itself, 2 is of the same seller, 3 the same product at another one
    assert priority == {"1": "failed", "2": "failed", "3": "failed"}
    (out,) = manifest.excluded
    assert (out.url[-1], out.reason) == (
        "4",
        "上级已抽查，不重复抽查：“奶嘴（宽口）”（商标和品名相近，国家，2026-08-01）",
    )
    assert any("national.csv（1 条，SHA-256 " in source for source in manifest.sources)


def test_what_we_tested_ourselves_counts_as_sampled(database, numbers, tmp_path):
    import_(database, write(tmp_path, f"{numbers['4']},合格,,BG-1,2026-10-12,某院,,"))
    with writing(database) as connection:
        known = known_from_lists(connection, terms=TERMS, today=TODAY)
        order = Wanted(campaign="mid-autumn", seed="t", size=9, allocation=Allocation.EQUAL)
        stored, _ = make_draw(connection, order, known=known, terms=TERMS, now=NOW)
    manifest = Manifest.model_validate_json(stored.manifest)
    priority = {item.url[-1]: item.stratum[3] for item in manifest.population}
    assert priority == {"1": "unsampled", "2": "unsampled", "3": "unsampled", "4": "other"}


def test_kinds_that_nobody_sampled_for_three_years(database, store, tmp_path):
    from monitor.matching.listed_goods import import_entries
    from monitor.matching.watchlist_entry import Entry, ListKind

    store([goods(1, "学生固体胶 大容量", SELLER), goods(2, "婴儿奶嘴 宽口径", OTHER)])
    order = Wanted(campaign=None, seed="t", size=9, allocation=Allocation.EQUAL, kind=PopulationKind.FOCUS)

    def priorities(seed: str) -> dict[str, str]:
        with writing(database) as connection:
            known = known_from_lists(connection, terms=TERMS, today=TODAY)
            stored, _ = make_draw(connection, replace(order, seed=seed), known=known, terms=TERMS, now=NOW)
        manifest = Manifest.model_validate_json(stored.manifest)
        return {item.url[-1]: item.stratum[3] for item in manifest.population}

    assert priorities("a") == {"1": "other", "2": "other"}
    listed = Entry(
        kind=ListKind.SAMPLED, product_name="固体胶", published="2025年学生用品监督抽查", level="市级"
    )
    old = Entry(kind=ListKind.SAMPLED, product_name="奶嘴", stated_on=date(2021, 1, 1), level="省级")
    with writing(database) as connection:
        import_entries(connection, [listed, old], kind=ListKind.SAMPLED, source="x", sha256=None, at=NOW)
    assert priorities("b") == {"1": "other", "2": "unsampled"}
