"""What 抽样清单 and 抽样单 show, with the source of each field (`sampling_fields.yaml`)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Self

from pydantic import Field, model_validator

from monitor.classifiers.lexicon.source import Strict, read
from monitor.exporters.labels import named
from monitor.exporters.sheets.cells import Money
from monitor.exporters.sheets.columns import Kind
from monitor.exporters.suspect_columns import attribute, category, marked_title, prose
from monitor.leads.jurisdiction.jurisdiction import PENDING
from monitor.leads.sampling.population import because, located

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from monitor.exporters.sampling.samples import Sample
    from monitor.exporters.sheets.columns import Cell
    from monitor.storage.suspects import SuspectRow

_SHIPPED = Path(__file__).with_name("sampling_fields.yaml")


class SamplingField(Strict):
    """One field of the list and the form."""

    title: str
    #: name out of `VALUES`; None is left blank for a person
    value: str | None = None
    #: width of the column in the list; 0 leaves it out
    list: float = Field(ge=0)
    #: section of the form; - leaves it out
    form: str
    #: takes a whole line of the form
    wide: bool = False
    about: str
    source: str

    @property
    def explained(self) -> str:
        """What stands here, and what that rests on."""
        return f"{self.about}〔来源 {self.source}〕"


class SamplingFields(Strict):
    """The whole file."""

    sections: tuple[str, ...]
    fields: tuple[SamplingField, ...]

    @model_validator(mode="after")
    def _known(self) -> Self:
        for field in self.fields:
            if field.value is not None and field.value not in VALUES:
                raise ValueError(f"{field.title}: no value is called {field.value}: {', '.join(VALUES)}")
            if field.form != "-" and field.form not in self.sections:
                raise ValueError(f"{field.title}: no section is called {field.form}")
        return self


@cache
def sampling_fields(path: Path = _SHIPPED) -> SamplingFields:
    """Read the fields.

    Raises:
        LexiconError: the file is missing, not YAML, or a key is missing, unknown or wrong.

    """
    return read(path, SamplingFields)


def _of(value: Callable[[SuspectRow], Cell]) -> Callable[[Sample], Cell]:
    return lambda sample: value(sample.row)


def _price(row: SuspectRow) -> Money | None:
    return Money(row.price, row.currency) if row.price is not None else None


def _reason(row: SuspectRow) -> str:
    wanted = because(row)
    return "、".join(dict.fromkeys(named(f) for f in row.findings if f.id in wanted))


def _place(row: SuspectRow) -> str:
    where = located(row)
    return "".join(part for part in (where.province, where.city, where.county) if part) or PENDING


#: Names of values → (how they are shown, where they come from).
VALUES: Mapping[str, tuple[Kind, Callable[[Sample], Cell]]] = {
    "position": (Kind.COUNT, lambda sample: sample.position),
    "number": (Kind.TEXT, lambda sample: sample.number),
    "title": (Kind.MARKED, _of(marked_title)),
    "url": (Kind.LINK, _of(lambda row: row.url)),
    "category": (Kind.SHORT, _of(category)),
    "reason": (Kind.WRAPPED, _of(_reason)),
    "drawn": (Kind.WRAPPED, lambda sample: sample.drawn),
    "priority": (Kind.SHORT, lambda sample: sample.priority),
    "task": (Kind.WRAPPED, lambda sample: sample.task),
    "site": (Kind.TEXT, _of(lambda row: row.site_title)),
    "shop": (Kind.WRAPPED, _of(lambda row: prose(row.seller_name))),
    "shop_url": (Kind.LINK, _of(lambda row: row.seller_url)),
    "subject": (Kind.WRAPPED, _of(lambda row: prose(row.licence_name))),
    "credit_code": (Kind.TEXT, _of(lambda row: row.credit_code)),
    "address": (Kind.WRAPPED, _of(lambda row: prose(row.address))),
    "place": (Kind.WRAPPED, _of(_place)),
    "price": (Kind.MONEY, _of(_price)),
    "samples": (Kind.COUNT, lambda sample: sample.test + sample.spare),
    "test": (Kind.COUNT, lambda sample: sample.test),
    "spare": (Kind.COUNT, lambda sample: sample.spare),
    "brand": (Kind.WRAPPED, _of(attribute("brand"))),
    "model": (Kind.WRAPPED, _of(attribute("model"))),
    "standard": (Kind.WRAPPED, _of(attribute("standard"))),
    "ccc_number": (Kind.TEXT, _of(attribute("ccc_number"))),
    "producer": (Kind.WRAPPED, _of(attribute("manufacturer"))),
    "producer_address": (Kind.WRAPPED, _of(attribute("manufacturer_address"))),
    "inspectors": (Kind.SHORT, lambda sample: "、".join(sample.inspectors) or None),
}
