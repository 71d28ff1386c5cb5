"""Every mistake a person makes in a profile is answered with file, line, key and mend."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from monitor.extraction import ProfileError, check_profile, load_profile

from .conftest import SHOP_YAML

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HEAD = "name: my_shop\ntitle: 我的商城\n"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (HEAD + "bese_url: https://a.example\n", 3, "bese_url: no such key: did you mean base_url?"),
        (HEAD + "zzz: 1\n", 3, "zzz: no such key; known: name, title, base_url"),
        ("title: x\n", 1, "name: is missing: add it"),
        ("name: My Shop\ntitle: x\n", 1, "name: String should match pattern"),
        (HEAD + "base_url: www.a.example\n", 3, "whole address such as https://www.example.com"),
        (HEAD + "encoding: utf9\n", 3, "no such encoding: 'utf9'"),
        (HEAD + "detail: sometimes\n", 3, "detail: Input should be 'always' or 'suspects'"),
        (HEAD + "search:\n  url: /s?q=word\n", 4, "search.url: search.url needs {keyword}"),
        (HEAD + "search:\n  url: '/s?q={keyword}&p={seite}'\n", 4, "nothing else in braces"),
        (
            HEAD + "search:\n  url: '/s?q={keyword}'\n  keyword: rot13\n",
            5,
            "no keyword codec is called 'rot13'",
        ),
        (HEAD + "urls:\n  item_id: '/item/\\d+'\n", 3, "needs a group around the id"),
        (HEAD + "urls:\n  detail: '/item/(\\d+'\n", 4, "urls.detail: not a regular expression"),
        (HEAD + "list_page:\n  fields: {title: h3}\n", 1, "list_page needs items"),
        (HEAD + "list_page:\n  items: li\n  fields:\n    titel: h3\n", 6, "did you mean title?"),
        (
            HEAD + "list_page:\n  items: li\n  fields:\n    title: h3\n    price: 'div[data-x='\n",
            7,
            "list_page.fields.price: not a valid css expression: 'div[data-x='",
        ),
        (
            HEAD + "list_page:\n  items: li\n  fields:\n    price: {css: b, xpath: //b}\n",
            6,
            "exactly one of css, xpath, jmespath, value; it has css and xpath",
        ),
        (HEAD + "detail_page:\n  fields:\n    price: {regex: '\\d+'}\n", 5, "it has none"),
        (HEAD + "detail_page:\n  fields:\n    title: //h1[\n", 5, "not a valid xpath expression: '//h1['"),
        (
            HEAD + "detail_page:\n  fields:\n    title: {jmespath: 'a[?'}\n",
            5,
            "not a valid jmespath expression: 'a[?'",
        ),
        (HEAD + "detail_page:\n  fields:\n    url: {css: a, template: /x}\n", 5, "template needs {}"),
        (
            HEAD + "list_page:\n  - items: li\n  - items: p\n    next: {}\n",
            6,
            "next needs either link (a selector) or count",
        ),
        (HEAD + "blocked:\n  - 验证\n  - {}\n", 5, "a marker needs text, css, xpath, jmespath or url"),
        (
            HEAD + "politeness: {delay: -1}\n",
            3,
            "politeness.delay: Input should be greater than or equal to 0",
        ),
        (HEAD + "name: again\n", 3, "name stands twice (first in line 1): keep one"),
        (HEAD + "list_page: [\n", 4, "not YAML"),
        (HEAD + "detail_page:\n  fields:\n    title: #title\n", 5, "one that begins with # needs quotes"),
        (HEAD + "detail_page:\n  fields:\n    title: a: b\n", 5, "Put text that contains"),
        ("- a\n- b\n", 1, "a profile is a mapping of keys"),
        ("", 1, "a profile is a mapping of keys"),
    ],
)
def test_a_mistake_is_shown_with_its_line_and_its_mend(
    profile_file: Callable[..., Path], text: str, line: int, said: str
) -> None:
    path = profile_file(text)
    problems = check_profile(path)
    assert any(f"{path}: line {line}" in problem and said in problem for problem in problems), problems
    with pytest.raises(ProfileError, match=r"my_shop\.yaml: line \d+"):
        load_profile(path)


def test_all_mistakes_are_shown_at_once(profile_file: Callable[..., Path]) -> None:
    path = profile_file(HEAD + "detial: always\nencoding: utf9\nlicense: never\n")
    problems = check_profile(path)
    assert len(problems) == 3
    assert [problem.split(": ")[1] for problem in problems] == ["line 3", "line 4", "line 5"]
    with pytest.raises(ProfileError, match=r"\(and 2 more\)$"):
        load_profile(path)


def test_file_and_name_must_agree(profile_file: Callable[..., Path]) -> None:
    [problem] = check_profile(profile_file(SHOP_YAML, "other.yaml"))
    assert problem.endswith(
        "line 1: name: the file is called other: call both the same, plans find a profile by its file"
    )


def test_a_file_that_is_no_utf8_says_where(tmp_path: Path) -> None:
    path = tmp_path / "my_shop.yaml"
    path.write_bytes(HEAD.encode("gbk"))
    assert check_profile(path) == [f"{path}: not UTF-8 at byte 21: save the file as UTF-8"]


def test_a_file_of_a_windows_editor_is_read(tmp_path: Path) -> None:
    path = tmp_path / "my_shop.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + SHOP_YAML.replace("\n", "\r\n").encode())
    assert check_profile(path) == []


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(ProfileError, match=r"called shopx; there are: .*django_oscar, .*shopxo"):
        load_profile("shopx")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match=r"gone\.yaml: cannot be read: No such file"):
        load_profile(tmp_path / "gone.yaml")


def test_yaml_cannot_run_code(profile_file: Callable[..., Path]) -> None:
    [problem] = check_profile(profile_file("name: !!python/object/apply:os.getcwd []\ntitle: x\n"))
    assert "not YAML" in problem
