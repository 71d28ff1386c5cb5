from __future__ import annotations

import pytest
from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from monitor.pipelines.refusals import Refusal
from monitor.spiders.picture_hosts import PICTURE, PictureHosts


def picture(number: int, host: str = "cdn.test") -> Request:
    return Request(f"http://{host}/{number}.jpg", meta={PICTURE: True})


@pytest.mark.parametrize("failure", [TimeoutError(), Refusal("robots.txt cannot be fetched")])
def test_a_host_that_does_not_answer_is_left_alone(failure):
    hosts = PictureHosts()
    for number in range(3):
        hosts.process_request(picture(number))
        hosts.process_exception(picture(number), failure)
    with pytest.raises(Refusal, match=r"cdn\.test did not answer 3 times"):
        hosts.process_request(picture(4))
    hosts.process_request(picture(4, "other.test"))
    hosts.process_request(Request("http://cdn.test/page.html"))


def test_an_answer_of_any_kind_is_one():
    hosts = PictureHosts()
    for _ in range(3):
        hosts.process_exception(picture(1), TimeoutError())
        hosts.process_exception(picture(1), TimeoutError())
        hosts.process_response(picture(1), Response("http://cdn.test/1.jpg", status=404))
    for _ in range(9):
        hosts.process_exception(picture(1), IgnoreRequest("Forbidden by robots.txt"))
        hosts.process_exception(Request("http://cdn.test/page.html"), TimeoutError())
    hosts.process_request(picture(2))
