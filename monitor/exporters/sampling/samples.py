"""What a draw chose, as lists and forms show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.exporters.labels import labels
from monitor.leads.jurisdiction.place import address_reader
from monitor.leads.sampling.draw import PRIORITY
from monitor.leads.sampling.sampling_terms import Priority

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.leads.sampling.manifest import Manifest
    from monitor.leads.sampling.sampling_terms import SamplingTerms
    from monitor.storage.suspects import SuspectRow


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """One listing that is to be bought and tested."""

    #: 抽样编号
    number: str
    #: 1 for the first of the list
    position: int
    row: SuspectRow
    #: what the campaign calls the task
    task: str
    #: the stratum, and the place in it, in Chinese
    drawn: str
    #: in Chinese; None where nothing goes before others
    priority: str | None
    #: units to buy
    test: int
    spare: int
    #: names, by the second draw
    inspectors: tuple[str, ...] = ()


def samples_of(
    manifest: Manifest, rows: Mapping[str, SuspectRow], terms: SamplingTerms
) -> tuple[Sample, ...]:
    """Join a manifest with the listings that it chose (抽样编号 → listing)."""
    strata = {(item.site, item.url): item.stratum for item in manifest.population}
    people = _inspectors(manifest)
    return tuple(
        Sample(
            number=item.number,
            position=item.position,
            row=rows[item.number],
            task=manifest.campaign or "全部专项行动",
            drawn=(
                f"{stratum_title(manifest, strata[item.site, item.url], rows, terms)}："
                f"本层 {item.stratum_size} 条中随机抽取的第 {item.place_in_stratum} 条"
            ),
            priority=_priority(manifest, strata[item.site, item.url], terms),
            test=terms.samples.test,
            spare=terms.samples.spare,
            inspectors=people.get(item.number, ()),
        )
        for item in manifest.chosen
    )


def stratum_title(
    manifest: Manifest, stratum: tuple[str, ...], rows: Mapping[str, SuspectRow], terms: SamplingTerms
) -> str:
    """Name a stratum in Chinese."""
    said = dict(zip(manifest.strata, stratum, strict=True))
    if (category := said.get("category")) is not None:
        said["category"] = labels().categories.get(category, category)
    if (site := said.get("site")) is not None:
        said["site"] = next((row.site_title for row in rows.values() if row.site == site), site)
    if (place := said.get("place")) in address_reader().table.by_code:
        said["place"] = address_reader().path(str(place))
    if PRIORITY in said:
        said[PRIORITY] = terms.priority_title(said[PRIORITY])
    return " × ".join(said.values())


def _priority(manifest: Manifest, stratum: tuple[str, ...], terms: SamplingTerms) -> str | None:
    value = dict(zip(manifest.strata, stratum, strict=True)).get(PRIORITY)
    return None if value in (None, Priority.OTHER) else terms.priority_title(str(value))


def _inspectors(manifest: Manifest) -> dict[str, tuple[str, ...]]:
    second = manifest.inspectors
    if second is None:
        return {}
    names = {person.id: person.name for person in second.roster}
    samples = {group.group: group.samples for group in second.groups}
    return {
        number: tuple(names[id_] for id_ in assigned.inspectors)
        for assigned in second.assigned
        for number in samples[assigned.group]
    }
