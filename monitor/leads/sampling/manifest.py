"""A draw's manifest: a JSON document from which anybody can repeat the draw and see what was altered."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from monitor.leads.sampling.draw import Allocation, Draw, DrawError, DrawOrder, Member, digest
from monitor.leads.sampling.inspectors import Inspectors
from monitor.leads.sampling.population import PopulationKind

if TYPE_CHECKING:
    from pathlib import Path

#: Changes whenever older manifests could no longer be read.
FORMAT = "monitor-draw-1"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PopulationItem(_Part):
    """One member of the population."""

    site: str
    url: str
    title: str
    stratum: tuple[str, ...]
    #: over all of the above
    sha256: str


class StratumItem(_Part):
    """One stratum, and how many of it were drawn."""

    stratum: tuple[str, ...]
    members: int
    weight: int
    drawn: int


class ChosenItem(_Part):
    """One member that was drawn."""

    #: 抽样编号
    number: str
    position: int
    site: str
    url: str
    place_in_stratum: int
    stratum_size: int


class ExcludedItem(_Part):
    """A listing that could not be drawn, and why."""

    site: str
    url: str
    title: str
    reason: str


class EarlierDraw(_Part):
    """A draw from the same population that was made before this one."""

    seed: str
    made_at: AwareDatetime
    manifest_sha256: str


class Manifest(_Part):
    """The whole document."""

    format: Literal["monitor-draw-1"]
    algorithm: str
    #: when the draw was made, UTC
    made_at: AwareDatetime
    #: of the product and of what it read the listings with
    versions: dict[str, str]
    #: None for all campaigns
    campaign: str | None
    population_kind: PopulationKind
    #: files and lists that exclusions and priorities rest on
    sources: tuple[str, ...]
    seed: str
    strata: tuple[str, ...]
    size: int = Field(ge=1)
    allocation: Allocation
    weights: dict[str, int]
    population_sha256: str
    population: tuple[PopulationItem, ...]
    strata_drawn: tuple[StratumItem, ...]
    chosen: tuple[ChosenItem, ...]
    excluded: tuple[ExcludedItem, ...]
    #: so that a seed that was tried out shows
    earlier: tuple[EarlierDraw, ...]
    #: the second draw (双随机); None until it is made
    inspectors: Inspectors | None
    #: digest over everything else
    sha256: str = ""

    @property
    def order(self) -> DrawOrder:
        """What was asked for."""
        return DrawOrder(
            seed=self.seed,
            strata=self.strata,
            size=self.size,
            allocation=self.allocation,
            weights=self.weights,
        )

    @property
    def members(self) -> tuple[Member, ...]:
        """The population as the draw takes it."""
        return tuple(
            Member(site=item.site, url=item.url, title=item.title, stratum=item.stratum)
            for item in self.population
        )


def number_of(identity: str, position: int) -> str:
    """抽样编号: the first eight digits of the draw's identity and the place in the list."""
    return f"{identity[:8].upper()}-{position:03d}"


def identity_of(drawn: Draw, campaign: str | None, kind: PopulationKind) -> str:
    """Digest over all that decides what is drawn."""
    order = drawn.order
    weights = json.dumps(dict(order.weights), sort_keys=True)
    said = (order.seed, json.dumps(order.strata), str(order.size), order.allocation.value, weights)
    return digest(drawn.algorithm, campaign or "", kind.value, drawn.population_sha256, *said)


def population_items(drawn: Draw, members: tuple[Member, ...]) -> dict[str, Any]:
    """The parts of a manifest that come out of the draw."""
    return {
        "algorithm": drawn.algorithm,
        "seed": drawn.order.seed,
        "strata": drawn.order.strata,
        "size": drawn.order.size,
        "allocation": drawn.order.allocation,
        "weights": dict(drawn.order.weights),
        "population_sha256": drawn.population_sha256,
        "population": tuple(
            PopulationItem(site=m.site, url=m.url, title=m.title, stratum=m.stratum, sha256=m.sha256)
            for m in members
        ),
        "strata_drawn": tuple(
            StratumItem(stratum=s.stratum, members=s.members, weight=s.weight, drawn=s.drawn)
            for s in drawn.strata
        ),
    }


def chosen_items(drawn: Draw, identity: str) -> tuple[ChosenItem, ...]:
    """What was drawn, numbered."""
    return tuple(
        ChosenItem(
            number=number_of(identity, each.position),
            position=each.position,
            site=each.member.site,
            url=each.member.url,
            place_in_stratum=each.place_in_stratum,
            stratum_size=each.stratum_size,
        )
        for each in drawn.chosen
    )


def sealed(manifest: Manifest) -> Manifest:
    """The same with its own digest."""
    return manifest.model_copy(update={"sha256": manifest_sha256(manifest)})


def manifest_sha256(manifest: Manifest) -> str:
    """Digest over everything but the digest: JSON with sorted keys, no blanks, ASCII."""
    content = manifest.model_dump(mode="json", exclude={"sha256"})
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def to_json(manifest: Manifest) -> str:
    """The document as it is written to a file."""
    return json.dumps(manifest.model_dump(mode="json"), ensure_ascii=False, indent=1) + "\n"


def read_manifest(path: Path) -> Manifest:
    """Read a manifest.

    Raises:
        DrawError: it cannot be read or is no manifest of this format.

    """
    try:
        return Manifest.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise DrawError(
            f"{path}: cannot be read ({error}): name the file that `monitor draw` wrote"
        ) from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise DrawError(
            f"{path}, key {where or 'the whole'}: {first['msg']}: this is no manifest of format {FORMAT}"
        ) from None
