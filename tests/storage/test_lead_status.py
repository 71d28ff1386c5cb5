from __future__ import annotations

import pytest

from monitor.storage.lead_status import (
    IllegalStepError,
    LeadStatus,
    LeadStep,
    after,
    needs_note,
    possible_steps,
)


def walk(*steps: LeadStep) -> LeadStatus:
    status = LeadStatus.OPENED
    for step in steps:
        status = after(status, step)
    return status


@pytest.mark.parametrize(
    ("steps", "end"),
    [
        ("draft send sign result close", LeadStatus.CLOSED),
        ("draft send sign extend result result", LeadStatus.ANSWERED),
        ("draft send result", LeadStatus.ANSWERED),
        ("draft send dispute settle", LeadStatus.SIGNED),
        ("draft send sign dispute return draft send", LeadStatus.SENT),
        ("draft send return close", LeadStatus.CLOSED),
        ("draft close note", LeadStatus.CLOSED),
    ],
)
def test_lives_that_leads_have(steps, end):
    assert walk(*map(LeadStep, steps.split())) is end


@pytest.mark.parametrize(
    ("status", "step"),
    [
        (LeadStatus.OPENED, LeadStep.SEND),
        (LeadStatus.OPENED, LeadStep.RESULT),
        (LeadStatus.DRAFTED, LeadStep.SIGN),
        (LeadStatus.DRAFTED, LeadStep.DRAFT),
        (LeadStatus.DRAFTED, LeadStep.RESULT),
        (LeadStatus.SENT, LeadStep.EXTEND),
        (LeadStatus.ANSWERED, LeadStep.RETURN),
        (LeadStatus.CLOSED, LeadStep.RESULT),
        (LeadStatus.CLOSED, LeadStep.CLOSE),
        *((status, LeadStep.OPEN) for status in LeadStatus),
    ],
)
def test_a_step_that_does_not_begin_there_is_refused_and_says_what_can_follow(status, step):
    with pytest.raises(IllegalStepError, match=f"it is {status}, and {step} cannot follow; .*note can"):
        after(status, step)


def test_what_is_closed_only_takes_notes():
    assert possible_steps(LeadStatus.CLOSED) == [LeadStep.NOTE]


def test_every_status_can_be_reached_and_left():
    reached = {LeadStatus.OPENED}
    while True:
        more = {after(status, step) for status in reached for step in possible_steps(status)}
        if more <= reached:
            break
        reached |= more
    assert reached == set(LeadStatus)
    assert all(LeadStep.CLOSE in possible_steps(each) for each in LeadStatus if each != LeadStatus.CLOSED)


def test_an_end_without_an_answer_has_to_say_why():
    assert needs_note(LeadStatus.SENT, LeadStep.CLOSE)
    assert not needs_note(LeadStatus.ANSWERED, LeadStep.CLOSE)
    assert needs_note(LeadStatus.SIGNED, LeadStep.RETURN)
    assert not needs_note(LeadStatus.SENT, LeadStep.SIGN)
