from __future__ import annotations

from typing import TYPE_CHECKING

import parsel
import pytest
from pydantic import TypeAdapter

from monitor.extraction.rules import Rule, Rules
from monitor.extraction.selection import Scope, every, first, scopes

if TYPE_CHECKING:
    from typing import Any

HTML = """
<ul>
  <li data-id="7"><a href="/a?x=1&amp;y=2" title=" 磁力球 ">磁力<em>球</em>
      <script>var x = 1;</script> 套装</a> <b>1</b><b> </b><b>2</b></li>
  <li data-id="8"><a href="/b"></a></li>
</ul><p>甲</p><p>乙</p><p>甲</p>
"""
DATA = {
    "goods": [
        {"id": 7, "name": "<b>磁力</b>球&amp;", "fen": 5800, "ok": True, "none": None, "list": ["a", "b"]}
    ]
}


def scope() -> Scope:
    return Scope(parsel.Selector(text=HTML, type="html").root, DATA)


def rules(value: Any) -> tuple[Rule, ...]:
    return TypeAdapter(Rules).validate_python(value)


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        # an element's whole text, as a browser shows it
        ("li a", "磁力球 套装"),
        ("li a::text", "磁力"),
        ("li a::attr(title)", "磁力球"),
        ("li a::attr(href)", "/a?x=1&y=2"),
        ("//li/@data-id", "7"),
        ("//li[2]/a/@href", "/b"),
        ({"xpath": "string(//li[1]/b[1])"}, "1"),
        ({"xpath": "count(//p)"}, "3.0"),
        # what is empty is passed over
        ("li b:nth-child(3)", None),
        (["li i", "li b"], "1"),
        ({"css": "p", "join": "／"}, "甲／乙"),
        ({"css": "li a::attr(href)", "regex": r"x=(\d)"}, "1"),
        ({"css": "li a::attr(href)", "regex": r"x=\d"}, "x=1"),
        ({"css": "li a::attr(href)", "regex": "z"}, None),
        ({"css": "li::attr(data-id)", "template": "https://m.example/{}.html"}, "https://m.example/7.html"),
        ({"css": "i", "template": "https://m.example/{}.html"}, None),
        ({"value": "固定"}, "固定"),
        ({"jmespath": "goods[0].name"}, "磁力球&"),
        ({"jmespath": "goods[0].fen", "scale": 0.01}, "58"),
        ({"jmespath": "goods[0].name", "scale": 0.01}, None),
        ({"jmespath": "goods[0].ok"}, "true"),
        ({"jmespath": "goods[0].none"}, None),
        ({"jmespath": "goods[0].list", "join": ","}, "a,b"),
        ({"jmespath": "goods[0]"}, None),
        ({"jmespath": "length(goods[0].fen)"}, None),
    ],
)
def test_a_rule_finds(rule: Any, value: str | None) -> None:
    assert first(rules(rule), scope()) == value


def test_every_gives_all_values_of_the_first_rule_that_finds_any() -> None:
    assert every(rules(["i", "p", "b"]), scope()) == ["甲", "乙", "甲"]


def test_items_are_scopes_of_their_own() -> None:
    by_tree = scopes(rules("li"), scope())
    assert [first(rules("./@data-id"), item) for item in by_tree] == ["7", "8"]
    assert [first(rules("a::attr(href)"), item) for item in by_tree] == ["/a?x=1&y=2", "/b"]
    by_json = scopes(rules({"jmespath": "goods"}), scope())
    assert [first(rules({"jmespath": "id"}), item) for item in by_json] == ["7"]


@pytest.mark.parametrize("expression", ["goods[0].id", "nothing", "goods[].id"])
def test_items_are_mappings(expression: str) -> None:
    assert scopes(rules({"jmespath": expression}), scope()) == []


def test_without_json_a_json_rule_finds_nothing() -> None:
    assert first(rules({"jmespath": "@"}), Scope(scope().tree)) is None
