"""The parts of a site profile: how one value, one kind of page, one marker is found.

A *rule* finds one value. Written short it is a CSS selector (``h1``, ``h3 a::attr(href)``) or, if it begins
with ``/`` or ``./``, an XPath; written long it is a mapping with exactly one of ``css``, ``xpath``,
``jmespath`` or ``value`` and, where needed, what is done with the match. A list of rules is tried in order
until one finds something.
"""

from __future__ import annotations

import functools
import re
from typing import Annotated, Any, Literal, Self

import jmespath
import jmespath.exceptions
import parsel
from cssselect import SelectorError
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from monitor.extraction.plain_css import PlainSelector, plain_selector


def _checked_regex(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from None
    return pattern


#: A regular expression that compiles.
Regex = Annotated[str, AfterValidator(_checked_regex)]


class Part(BaseModel):
    """What every part of a profile has in common: frozen, and a misspelt key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Rule(Part):
    """Finds one value."""

    #: CSS selector, with ``::attr(name)`` or ``::text`` as parsel knows them; else the element's whole text.
    css: str | None = None
    #: XPath 1.0, relative to the item (``./``) or to the page (``//``).
    xpath: str | None = None
    #: JMESPath into the JSON of the item or page.
    jmespath: str | None = None
    #: A fixed value, the same on every page.
    value: str | None = None
    #: Only what this matches is taken; its first group, if it has one.
    regex: Regex | None = None
    #: All matches, without repetitions, joined by this text instead of the first one alone.
    join: str | None = None
    #: The value is put in place of ``{}``, to make a URL of an id.
    template: str | None = None
    #: A number is multiplied by this: 0.01 where prices are given in fen.
    scale: float | None = None

    @functools.cached_property
    def plain(self) -> PlainSelector | None:
        """Its CSS selector, if that is one of the plainest."""
        return plain_selector(self.css) if self.css is not None else None

    @functools.cached_property
    def verbatim(self) -> bool:
        """Whether the text is taken as it is found."""
        return self.regex is None and self.template is None and self.scale is None

    @model_validator(mode="after")
    def _selects_in_one_way(self) -> Self:
        ways = [name for name in ("css", "xpath", "jmespath", "value") if getattr(self, name) is not None]
        if len(ways) != 1:
            said = " and ".join(ways) or "none"
            raise ValueError(f"a rule needs exactly one of css, xpath, jmespath, value; it has {said}")
        if self.template is not None and "{}" not in self.template:
            raise ValueError("template needs {} where the value goes, e.g. /item/{}.html")
        _check_selector(self)
        return self


def _check_selector(rule: Rule) -> None:
    try:
        if rule.css is not None:
            css_to_xpath(rule.css)
        elif rule.xpath is not None:
            _empty().xpath(rule.xpath)
        elif rule.jmespath is not None:
            jmespath.compile(rule.jmespath)
    except (SelectorError, ValueError, jmespath.exceptions.JMESPathError) as error:
        way = next(name for name in ("css", "xpath", "jmespath") if getattr(rule, name) is not None)
        raise ValueError(f"not a valid {way} expression: {getattr(rule, way)!r} ({error})") from None


@functools.cache
def _empty() -> parsel.Selector:
    return parsel.Selector(text="<html></html>")


@functools.lru_cache(maxsize=2048)
def css_to_xpath(css: str) -> str:
    """Translate as parsel does; raises `cssselect.SelectorError`."""
    return parsel.css2xpath(css)


def _rules_from_yaml(value: Any) -> Any:  # noqa: ANN401 - whatever YAML holds
    if value is None:
        raise ValueError("is empty: name a selector; one that begins with # needs quotes, '#price'")
    entries = value if isinstance(value, list | tuple) else [value]
    return tuple(_long_form(entry) if isinstance(entry, str) else entry for entry in entries)


def _long_form(short: str) -> dict[str, str]:
    return {"xpath": short} if short.startswith(("/", "./", "(")) else {"css": short}


#: One rule, or several to be tried in order; empty means that the page does not state it.
Rules = Annotated[tuple[Rule, ...], BeforeValidator(_rules_from_yaml)]


class NamedRules(Part):
    """Rules by the names of the fields that they find."""

    @functools.cached_property
    def given(self) -> tuple[tuple[str, tuple[Rule, ...]], ...]:
        """Fields that have rules, with these."""
        named = ((name, getattr(self, name)) for name in type(self).model_fields if name != "seller")
        return tuple((name, rules) for name, rules in named if rules)


class SellerRules(NamedRules):
    """Where a page states who offers the listing; the fields of `monitor.listing.Seller`."""

    name: Rules = ()
    external_id: Rules = ()
    url: Rules = ()
    licence_url: Rules = ()
    licence_name: Rules = ()
    credit_code: Rules = ()
    address: Rules = ()
    stated_place: Rules = ()


class FieldRules(NamedRules):
    """Where the fields of `monitor.listing.Listing` stand."""

    title: Rules = ()
    url: Rules = ()
    item_id: Rules = ()
    price: Rules = ()
    sales: Rules = ()
    available: Rules = ()
    image_url: Rules = ()
    brand: Rules = ()
    sku: Rules = ()
    description: Rules = ()
    breadcrumb: Rules = ()
    seller: SellerRules = SellerRules()


class AttributeTable(Part):
    """A table of names and values (产品参数): `rows`, and within each row `name` and `value`."""

    rows: Rules
    #: Name of the attribute, in the row. Without it a row is read as ``name：value`` text.
    name: Rules = ()
    value: Rules = ()
    #: Names that the engine itself puts there and that say nothing about the product (税, 评论数).
    ignore: tuple[str, ...] = ()


class NextPage(Part):
    """How the next page of a list is reached: by a link, by counting up a URL parameter, or by a cursor."""

    #: The link.
    link: Rules = ()
    #: Name of the query parameter that holds the page number.
    count: str | None = None
    #: What an API gives out for the next page; the list ends where it gives nothing.
    cursor: Rules = ()
    #: Name of the query parameter that the cursor goes into.
    parameter: str | None = None
    #: Listings on a full page, where it is certain: a page with fewer is the last. Without it counting ends
    #: when the stated total is reached, or at an empty page.
    page_size: int | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if [bool(self.link), bool(self.count), bool(self.cursor)].count(True) != 1:
            raise ValueError(
                "next needs either link (a selector) or count (the name of a URL parameter), or cursor"
            )
        if bool(self.cursor) != bool(self.parameter):
            raise ValueError("next.cursor needs next.parameter, the URL parameter that it goes into")
        return self


class Embedded(Part):
    """JSON that a page carries, for `jmespath` rules. Without it the whole body is taken where it is JSON."""

    #: The JSON object that follows this text in the page source, e.g. ``g_page_config =``.
    after: str | None = None
    #: A script element that holds nothing but JSON.
    css: str | None = None


class Layout(Part):
    """How one layout of one kind of page is read."""

    #: JSON embedded in the page.
    embedded: Embedded | None = None
    #: A list page's items; a detail or licence page has none.
    items: Rules = ()
    fields: FieldRules = FieldRules()
    #: Attribute tables; declared here, a missing attribute counts as absent.
    attributes: tuple[AttributeTable, ...] = ()
    next: NextPage | None = None
    #: Number of results the list states.
    total: Rules = ()

    @functools.cached_property
    def looked_for(self) -> frozenset[str]:
        """Names of the fields that the layout has a place for; those of the seller as ``seller.<name>``."""
        declared = {name for name, _ in self.fields.given}
        of_seller = {f"seller.{name}" for name, _ in self.fields.seller.given}
        if of_seller:
            declared |= {"seller", *of_seller}
        return frozenset(declared | {"attributes"} if self.attributes else declared)

    @model_validator(mode="before")
    @classmethod
    def _one_table_is_a_list(cls, data: Any) -> Any:  # noqa: ANN401 - whatever YAML holds
        if isinstance(data, dict) and isinstance(data.get("attributes"), dict):
            return {**data, "attributes": [data["attributes"]]}
        return data


def _layouts_from_yaml(value: Any) -> Any:  # noqa: ANN401 - whatever YAML holds
    return tuple(value) if isinstance(value, list | tuple) else (value,)


#: One layout, or several (old and new theme, page and API) to be tried in order.
Layouts = Annotated[tuple[Layout, ...], BeforeValidator(_layouts_from_yaml)]


class Marker(Part):
    """A sign that a page is something other than it seems. Written short it is text that people can see."""

    #: Text the page shows (scripts do not count), or that the selected element contains.
    text: str | None = None
    css: str | None = None
    xpath: str | None = None
    #: JMESPath into the page's JSON; without `text` any value but null, false and empty counts.
    jmespath: str | None = None
    #: Matches the URL after redirects, e.g. ``passport\\.|/login``.
    url: Regex | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not any((self.text, self.css, self.xpath, self.jmespath, self.url)):
            raise ValueError("a marker needs text, css, xpath, jmespath or url")
        return self

    @functools.cached_property
    def rule(self) -> Rule:
        """What selects the element or value of a marker that has `css`, `xpath` or `jmespath`."""
        return Rule(css=self.css, xpath=self.xpath, jmespath=self.jmespath)


def _markers_from_yaml(value: Any) -> Any:  # noqa: ANN401 - whatever YAML holds
    entries = value if isinstance(value, list | tuple) else [value]
    return tuple({"text": entry} if isinstance(entry, str) else entry for entry in entries)


Markers = Annotated[tuple[Marker, ...], BeforeValidator(_markers_from_yaml)]


class UrlPatterns(Part):
    """Which URL is what. Regular expressions, searched in the whole URL."""

    list: Regex | None = None
    detail: Regex | None = None
    licence: Regex | None = None
    #: Its first group is the item id.
    item_id: Regex | None = None

    @model_validator(mode="after")
    def _id_has_a_group(self) -> Self:
        if self.item_id is not None and re.compile(self.item_id).groups < 1:
            raise ValueError(r"urls.item_id needs a group around the id, e.g. /item/(\d+)\.html")
        return self


class Politeness(Part):
    """How gently the site is asked."""

    #: Seconds between two requests to the site; AutoThrottle only ever lengthens it.
    delay: float = Field(default=1.0, ge=0)
    #: Requests under way at once.
    concurrency: int = Field(default=1, ge=1, le=16)


#: When a detail or licence page is fetched.
Fetch = Literal["always", "suspects", "never"]
