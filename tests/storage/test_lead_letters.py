from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.storage.engine import reading, writing
from monitor.storage.lead_letters import NewLetter, NumberTakenError, add_letter, campaign_title, next_serial
from monitor.storage.runs import ensure_campaign

AT = datetime(2026, 9, 25, tzinfo=UTC)


def a_letter(series: str, year: int, serial: int, number: str | None = None) -> NewLetter:
    return NewLetter(
        series=series,
        year=year,
        serial=serial,
        number=number or f"{series}{year}-{serial}",
        receiver="晋江市市场监督管理局",
        made_at=AT,
        file="函.docx",
        sha256="0" * 64,
    )


def test_numbers_run_on_within_series_and_year(engine):
    with writing(engine) as connection:
        assert next_serial(connection, "referral", 2026) == 1
        add_letter(connection, a_letter("referral", 2026, 1))
        add_letter(connection, a_letter("referral", 2026, 2))
        add_letter(connection, a_letter("notice", 2026, 1))
        assert next_serial(connection, "referral", 2026) == 3
        assert next_serial(connection, "notice", 2026) == 2
        assert next_serial(connection, "referral", 2027) == 1


@pytest.mark.parametrize("second", [("referral", 2026, 1, "别的"), ("special", 2026, 1, "一号")])
def test_no_two_letters_have_one_number(engine, second):
    with writing(engine) as connection:
        add_letter(connection, a_letter("referral", 2026, 1, "一号"))
    with pytest.raises(NumberTakenError, match="run the command again"), writing(engine) as connection:
        add_letter(connection, a_letter(*second))


def test_a_campaign_is_called_by_its_title(engine):
    with writing(engine) as connection:
        ensure_campaign(connection, name="autumn", title="秋季专项", plan_digest=None)
    with reading(engine) as connection:
        assert campaign_title(connection, "autumn") == "秋季专项"
        assert campaign_title(connection, "winter") == "winter"
