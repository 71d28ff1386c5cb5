"""What robots.txt's decision looks like in the evidence; tests/pipelines/test_robots_answers.py crawls."""

from __future__ import annotations

import pytest
from scrapy import Request
from scrapy.http import Response
from scrapy.robotstxt import ProtegoRobotParser
from scrapy.settings import Settings

from monitor.evidence.description import robots_facts
from monitor.evidence.transcript import _robots
from monitor.pipelines.capture import CaptureMiddleware


class Crawling:
    settings = Settings({"ROBOTSTXT_OBEY": True, "USER_AGENT": "monitor"})


def decision(status: int, rules: bytes, page: str = "http://shop.test/item/1"):
    """Feed an answer for robots.txt, then a page; return what the page's record says."""
    middleware = CaptureMiddleware(Crawling())
    question = Request("http://shop.test/robots.txt", meta={"dont_obey_robotstxt": True})
    middleware.process_response(question, Response(question.url, status=status, body=rules))
    asked = Request(page)
    parser = ProtegoRobotParser(rules if status < 300 else b"", None)
    middleware.robots_parsed(parser, Request("http://shop.test/item/1"))
    middleware.process_response(asked, Response(asked.url))
    return robots_facts(asked.meta["monitor_exchanges"][-1].robots, 3)


def test_the_line_that_allows_is_named():
    facts = decision(200, b"User-agent: *\nAllow: /item/\n")
    assert (facts["decision"], facts["rule"]) == ("allowed", "User-agent: * | Allow: /item/")


@pytest.mark.parametrize("status", [401, 403, 404, 410, 302])
def test_a_site_without_robots_allows_and_the_record_says_what_came_instead(status):
    facts = decision(status, b"User-agent: *\nDisallow: /\n")
    assert (facts["decision"], facts["rule"], facts["snapshot_status"]) == ("unavailable", None, status)
    assert _robots(facts) == f"网站没有提供 robots.txt（HTTP {status}），按允许处理"


def test_a_record_of_old_that_knows_no_status_reads_as_before():
    assert _robots({"decision": "unavailable", "snapshot_status": None}) == "未能取得 robots.txt，按允许处理"


def test_another_scheme_is_another_site():
    facts = decision(200, b"User-agent: *\nAllow: /item/\n", "https://shop.test/item/1")
    assert facts["decision"] == "unavailable"
