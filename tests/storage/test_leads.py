from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import func, select, update

from monitor.classifiers import Basis, Classification, Finding, FindingKind, Severity
from monitor.listing import Listing, Seller
from monitor.storage import tables
from monitor.storage.engine import reading, writing
from monitor.storage.leads import (
    Due,
    IllegalStepError,
    LeadFilter,
    LeadKind,
    LeadResult,
    LeadStatus,
    LeadStep,
    NewEvent,
    NewLead,
    Receiver,
    Subject,
    UnknownLeadError,
    add_event,
    ask_recheck,
    events_of,
    leads,
    leads_of,
    load_lead,
    open_lead,
    rechecks_asked,
    snapshots_of,
)
from monitor.storage.reviews import UnknownCampaignError, UnknownListingError
from monitor.storage.watching import watched

NOON = datetime(2026, 9, 25, 4, tzinfo=UTC)
SELLER = Seller(
    name="小店", licence_name="泉州某某贸易有限公司", credit_code="91350582MA00000000", address="晋江"
)


def a_finding(field: str, start: int) -> Finding:
    return Finding(
        kind=FindingKind.HAZARD,
        id="magnet_balls",
        field=field,
        start=start,
        end=start + 3,
        matched="磁力球",
        term="磁力球",
        severity=Severity.CRITICAL,
        basis=(Basis.PQ49,),
        confidence=0.9,
        reason="出售磁力球",
    )


JUDGED = Classification(
    category="TOY",
    subcategory="TOY.MAG.BALL",
    hazards=(a_finding("title", 4), a_finding("description", 2)),
    risk=0.9,
    suspect=True,
)


@pytest.fixture
def shop(engine, crawled_page):
    """Listings 1–3 of one seller, seen by the campaign autumn."""
    offers = [
        Listing(
            site="shop",
            url=f"http://shop.test/{each}",
            title=f"巴克球 磁力球 {each} 号",
            item_id=str(each),
            price=Decimal("19.90"),
            sales=1200,
            seller=SELLER,
            description="儿童磁力球,216颗",
            attributes={"材质": "磁铁"},
        )
        for each in (1, 2, 3)
    ]
    crawled_page(engine, [(each, JUDGED) for each in offers], at=NOON)
    return engine


def a_lead(*listing_ids: int, **changes) -> NewLead:
    values = {
        "kind": LeadKind.SELLER,
        "receiver": Receiver(
            name="晋江市市场监督管理局", area_code="350582", rule="R1", confidence="medium", why=("公示地址",)
        ),
        "subject": Subject(name=SELLER.licence_name, credit_code=SELLER.credit_code, address=SELLER.address),
        "listing_ids": listing_ids or (1,),
        "origin": "审核",
        "by": "王五",
        "at": NOON,
        "campaign": "autumn",
    }
    return NewLead(**(values | changes))


def happen(connection, lead: int, step: str, **changes) -> LeadStatus:
    values = {"step": LeadStep(step), "by": "王五", "at": NOON}
    if step == "draft":
        values["details"] = {"score": 0.75, "missing": ["code"]}
    return add_event(connection, lead, NewEvent(**(values | changes)))


def test_a_lead_is_opened_and_read_again(shop):
    with writing(shop) as connection:
        number = open_lead(connection, a_lead(2, 1))
    with reading(shop) as connection:
        (lead,) = leads(connection)
        assert load_lead(connection, number) == lead
        assert (lead.id, lead.kind, lead.status) == (number, LeadKind.SELLER, LeadStatus.OPENED)
        assert (lead.campaign, lead.origin, lead.listing_ids) == ("autumn", "审核", (2, 1))
        assert (lead.receiver, lead.subject) == (a_lead().receiver, a_lead().subject)
        assert (lead.number, lead.due, lead.score, lead.missing) == (None, None, None, ())
        (event,) = events_of(connection, [number])[number]
        assert (event.step, event.by, event.happened_at) == (LeadStep.OPEN, "王五", NOON)


def test_its_listings_are_kept_as_they_were_then(shop):
    with writing(shop) as connection:
        number = open_lead(connection, a_lead(1))
    with writing(shop) as connection:
        connection.execute(update(tables.Listing).values(title="积木", price=Decimal(1)))
        connection.execute(update(tables.Finding).values(superseded_at=NOON))
    with reading(shop) as connection:
        (taken,) = snapshots_of(connection, [number])[number]
    assert (taken.title, taken.price, taken.sales) == ("巴克球 磁力球 1 号", Decimal("19.90"), 1200)
    assert (taken.key, taken.licence_name, taken.attributes) == ("1", SELLER.licence_name, {"材质": "磁铁"})
    assert len(taken.findings) == 2
    for finding in taken.findings:
        assert taken.texts[finding.field][finding.start : finding.end] == finding.matched


def test_the_same_origin_opens_one_lead_only(shop):
    with writing(shop) as connection:
        first = open_lead(connection, a_lead(1, origin_key="draw-result:1:seller"))
        again = open_lead(connection, a_lead(1, origin_key="draw-result:1:seller"))
        other = open_lead(connection, a_lead(1, origin_key="draw-result:1:producer", kind=LeadKind.PRODUCER))
        assert first == again != other
        assert len(leads(connection)) == 2


@pytest.mark.parametrize(
    ("changes", "error"),
    [({"listing_ids": (1, 99)}, UnknownListingError), ({"campaign": "winter"}, UnknownCampaignError)],
)
def test_what_is_not_there_opens_nothing(shop, changes, error):
    with pytest.raises(error), writing(shop) as connection:
        open_lead(connection, a_lead(**changes))
    with reading(shop) as connection:
        assert leads(connection) == []


def test_a_life(shop):
    due = Due(day=date(2026, 10, 20), step=LeadStep.RESULT, provisional=False)
    with writing(shop) as connection:
        number = open_lead(connection, a_lead(1))
        happen(connection, number, "draft")
        happen(connection, number, "send")
        assert happen(connection, number, "sign", due=due) is LeadStatus.SIGNED
        happen(connection, number, "note", note="来电询问")
        lead = load_lead(connection, number)
        assert (lead.due, lead.score, lead.missing) == (due, 0.75, ("code",))
        assert leads(connection, LeadFilter(overdue_on=date(2026, 10, 20))) == []
        assert leads(connection, LeadFilter(overdue_on=date(2026, 10, 21))) == [lead]
        happen(connection, number, "result", result=LeadResult.CASE_FILED, source="反馈表.xlsx", source_row=7)
        happen(connection, number, "close")
        lead = load_lead(connection, number)
        assert (lead.status, lead.result, lead.due) == (LeadStatus.CLOSED, LeadResult.CASE_FILED, None)
        steps = [each.step for each in events_of(connection, [number])[number]]
        assert steps == [*map(LeadStep, ["open", "draft", "send", "sign", "note", "result", "close"])]


@pytest.mark.parametrize(
    ("step", "changes", "said"),
    [
        ("sign", {}, "lead 1: it is drafted, and sign cannot follow; send, close, note can"),
        ("note", {"result": LeadResult.TRUE}, "belongs to the step result"),
        ("close", {}, "close has to say why"),
    ],
)
def test_an_illegal_step_is_refused_and_leaves_no_trace(shop, step, changes, said):
    with writing(shop) as connection:
        happen(connection, open_lead(connection, a_lead(1)), "draft")
    with pytest.raises(IllegalStepError, match=said), writing(shop) as connection:
        happen(connection, 1, step, **changes)
    with reading(shop) as connection:
        assert connection.execute(select(func.count(tables.LeadEvent.id))).scalar_one() == 2
        with pytest.raises(UnknownLeadError, match="no lead 2"):
            load_lead(connection, 2)


def test_leads_are_found_by_what_is_asked(shop):
    with writing(shop) as connection:
        first = open_lead(connection, a_lead(1, 2))
        police = Receiver(name="晋江市公安机关", rule="R8", special="PSB")
        second = open_lead(connection, a_lead(2, receiver=police, campaign=None))
        found = {
            name: [each.id for each in leads(connection, wanted)]
            for name, wanted in {
                "campaign": LeadFilter(campaign="autumn"),
                "special": LeadFilter(special=True),
                "within": LeadFilter(special=False),
                "kind": LeadFilter(kinds=(LeadKind.PLATFORM,)),
                "status": LeadFilter(statuses=(LeadStatus.OPENED,)),
            }.items()
        }
        assert found == {
            "campaign": [first],
            "special": [second],
            "within": [first],
            "kind": [],
            "status": [first, second],
        }
        by_listing = leads_of(connection, [3, 2, 1])
        assert {key: [each.id for each in value] for key, value in by_listing.items()} == {
            3: [],
            2: [first, second],
            1: [first],
        }


def test_rechecks_are_wanted_on_the_earliest_day_while_a_lead_is_in_force(shop):
    with writing(shop) as connection:
        first, second, third = (open_lead(connection, a_lead(*ids)) for ids in ((1, 2), (2,), (3,)))
        ask_recheck(connection, first, date(2026, 10, 9))
        ask_recheck(connection, second, date(2026, 10, 8))
        ask_recheck(connection, third, date(2026, 10, 8))
        happen(connection, third, "close", note="撤回")
        assert rechecks_asked(connection) == {1: date(2026, 10, 9), 2: date(2026, 10, 8)}


def test_what_a_lead_wants_looked_at_is_watched_suspect_or_not(shop):
    with writing(shop) as connection:
        connection.execute(update(tables.Listing).where(tables.Listing.id == 3).values(suspect=False))
        connection.execute(update(tables.Listing).where(tables.Listing.id == 2).values(suspect=False))
        ask_recheck(connection, open_lead(connection, a_lead(1, 3)), date(2026, 10, 8))
        found = {each.listing_id: each.asked_from for each in watched(connection)}
    # midnight of Shanghai
    assert found == dict.fromkeys((1, 3), datetime(2026, 10, 7, 16, tzinfo=UTC))
