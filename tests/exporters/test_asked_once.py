"""Letters and forms over many leads ask the database as often as over one."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import event

from monitor.classifiers import Classification
from monitor.exporters.letters.feedback_form import export_feedback
from monitor.leads.referral.drafting import ReferralOrder, plan_drafts
from monitor.leads.referral.lead_terms import lead_terms
from monitor.listing import Listing
from monitor.storage import open_database
from monitor.storage.engine import reading, writing
from monitor.storage.lead_records import NewEvent, NewLead, Receiver, Subject
from monitor.storage.lead_status import LeadKind, LeadStep
from monitor.storage.leads import add_event, open_lead

NOON = datetime(2026, 10, 8, 4, tzinfo=UTC)


@pytest.fixture
def shop(sqlite_url, make_finding, crawled_page):
    engine = open_database(sqlite_url)
    found = []
    for number in range(8):
        title = f"磁力球 {number}"
        said = Classification(
            category="TOY",
            subcategory=None,
            hazards=(make_finding(title, "磁力球"),),
            risk=0.9,
            suspect=True,
            lexicon_version="v1",
        )
        found.append((Listing(site="mall", url=f"http://shop.test/{number}", title=title), said))
    crawled_page(engine, found, at=NOON, title="守护行动")
    yield engine
    engine.dispose()


def opened(engine, listing: int, *, sent: bool) -> None:
    with writing(engine) as connection:
        lead = open_lead(
            connection,
            NewLead(
                kind=LeadKind.SELLER,
                receiver=Receiver(name="某局", area_code="350582"),
                subject=Subject(name="某店"),
                listing_ids=(listing,),
                origin="抽检不合格",
                by="张三",
                at=NOON,
                campaign="autumn",
            ),
        )
        if sent:
            details = {"score": 1.0, "missing": []}
            add_event(connection, lead, NewEvent(step=LeadStep.DRAFT, by="张三", at=NOON, details=details))
            add_event(connection, lead, NewEvent(step=LeadStep.SEND, by="张三", at=NOON))


@contextmanager
def asked(engine):
    said: list[str] = []

    def note(connection, cursor, statement, *more) -> None:
        said.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield said
    event.remove(engine, "before_cursor_execute", note)


def test_leads_that_wait_for_their_letter(shop):
    def questions() -> int:
        with asked(shop) as said, reading(shop) as connection:
            plan = plan_drafts(connection, ReferralOrder(campaign="autumn"), lead_terms())
        drafts = [*plan.ready, *plan.incomplete]
        assert [[each.title for each in draft.snapshots] for draft in drafts] == titles
        return len(said)

    opened(shop, 1, sent=False)
    titles = [["磁力球 0"]]
    one = questions()
    for number in range(2, 7):
        opened(shop, number, sent=False)
        titles.append([f"磁力球 {number - 1}"])
    assert questions() == one


def test_a_form_of_many_leads(shop, tmp_path):
    def questions(folder: str) -> tuple[int, int]:
        with asked(shop) as said, reading(shop) as connection:
            (file,) = export_feedback(connection, tmp_path / folder, lead_terms(), now=NOON)
        return len(said), file.rows

    opened(shop, 1, sent=True)
    one, rows = questions("one")
    assert rows == 1
    for number in range(2, 7):
        opened(shop, number, sent=True)
    assert questions("many") == (one, 6)
