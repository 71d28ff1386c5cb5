"""SiteProfile: everything monitor knows about one site, from one YAML file that its users can edit.

`docs/sites.md` leads through writing one. The three engine profiles (ShopXO, EverShop, django-oscar) are
templates: they say how any shop of that engine is read, and `SiteProfile.at` turns one into the profile of a
shop.
"""

from __future__ import annotations

import re
from collections.abc import Mapping  # noqa: TC003 - pydantic reads it when the program runs
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self
from urllib.parse import urljoin, urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, field_validator, model_validator

from monitor.addresses import Allowance, own_address
from monitor.extraction.keywords import keyword_codec
from monitor.extraction.page import PageKind
from monitor.extraction.rules import Fetch, Layouts, Markers, Part, Politeness, UrlPatterns
from monitor.extraction.yaml_source import ProfileError, YamlSource

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = [
    "SHIPPED",
    "ProfileError",
    "Search",
    "Shop",
    "SiteProfile",
    "all_profiles",
    "check_profile",
    "load_profile",
]

#: Folder of the profiles that come with monitor.
SHIPPED = Path(__file__).parent / "sites"


def _checked_codec(name: str) -> str:
    keyword_codec(name)
    return name


class Search(Part):
    """The site's own search."""

    #: URL with ``{keyword}`` and, where it has pages, ``{page}`` or ``{offset}``; relative to `base_url` or
    #: absolute.
    url: str
    #: Name of the codec in which the keyword is written (`monitor.extraction.keywords`).
    keyword: Annotated[str, AfterValidator(_checked_codec)] = "plain"
    #: Number that the site gives its first page.
    first_page: int = 1
    #: What the site adds to the number from page to page (JD counts 1, 3, 5).
    page_step: int = Field(default=1, ge=1)
    #: Listings on a page, for ``{offset}``.
    page_size: int = Field(default=20, ge=1)
    #: No more pages than this are asked of one search.
    max_pages: int = Field(default=50, ge=1)

    @field_validator("url")
    @classmethod
    def _has_a_place_for_the_keyword(cls, url: str) -> str:
        unknown = set(re.findall(r"\{(.*?)\}", url)) - {"keyword", "page", "offset"}
        if "{keyword}" not in url or unknown:
            raise ValueError(
                "search.url needs {keyword}, and may have {page} and {offset}, nothing else in braces"
            )
        return url


class Shop(Part):
    """Where a crawl of the whole site begins: category pages, sitemaps; relative or absolute."""

    lists: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    #: No more pages than this are asked of one category.
    max_pages: int = Field(default=500, ge=1)


class Credential(Part):
    """A header whose value is a secret: it stands in the environment, never in a profile or in evidence."""

    #: Name of the environment variable.
    env: str = Field(pattern=r"^[A-Z][A-Z0-9_]*$")
    #: The value is put in place of ``{}``: ``Bearer {}``.
    template: str = "{}"

    @field_validator("template")
    @classmethod
    def _has_a_place(cls, template: str) -> str:
        if template.count("{}") != 1:
            raise ValueError("template needs one {} where the value goes, e.g. 'Bearer {}'")
        return template


def _credentials_from_yaml(value: Any) -> Any:  # noqa: ANN401 - whatever YAML holds
    if not isinstance(value, dict):
        return value
    return {name: {"env": one} if isinstance(one, str) else one for name, one in value.items()}


#: Name of a header, as HTTP takes it.
_HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z0-9\-]+$")]
_SECRET_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization"})


class Api(Part):
    """What an open API wants with every request; for sites whose lists are JSON."""

    #: Sent as they stand: ``Accept: application/json``.
    headers: Mapping[_HeaderName, str] = {}
    #: Header → environment variable that holds its value; sent to the API alone.
    credentials: Annotated[Mapping[_HeaderName, Credential], BeforeValidator(_credentials_from_yaml)] = {}

    @field_validator("headers")
    @classmethod
    def _hold_no_secret(cls, headers: Mapping[str, str]) -> Mapping[str, str]:
        if secret := [name for name in headers if name.lower() in _SECRET_HEADERS]:
            raise ValueError(
                f"{secret[0]} is a secret: put it under credentials, with the name of an environment variable"
            )
        return headers


class SiteProfile(Part):
    """One site, or one shop engine."""

    #: How the site is called in plans, tables and on the command line: ``demo_mall``.
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_\-]*$")
    #: How people call it: ``演示商城``.
    title: str
    #: ``https://www.example.com``, without a slash at the end; an engine template has none until `at` gives
    #: one.
    base_url: str | None = None
    #: Host names the site answers to; sub-domains count. Without any: the host (and port) of `base_url`.
    hosts: tuple[str, ...] = ()
    #: Encoding of its pages, where they are labelled wrongly.
    encoding: str | None = None
    #: ISO 4217 code of prices that show only ``¥`` or nothing.
    currency: str = Field(default="CNY", pattern=r"^[A-Z]{3}$")
    search: Search | None = None
    shop: Shop = Shop()
    #: Set where lists come from an open API.
    api: Api | None = None
    urls: UrlPatterns = UrlPatterns()
    #: Use ``link rel=canonical`` as a listing's URL.
    canonical_link: bool = True
    #: Query parameters that say nothing about the item (``spm``, ``utm_source``); dropped from listing URLs.
    drop_parameters: tuple[str, ...] = ()
    #: Read schema.org and OpenGraph data before the layouts below. Off only where a site's are wrong.
    structured_data: bool = True
    list_page: Layouts = ()
    detail_page: Layouts = ()
    licence_page: Layouts = ()
    #: Pages with one of these are walls: captcha, login, anti-bot.
    blocked: Markers = ()
    #: Pages with one of these say that the item is no longer offered, although the status is 200.
    gone: Markers = ()
    #: Lists with one of these have nothing (more) to show.
    empty: Markers = ()
    #: Pages with one of these were made by this engine; tells `recognise` which profile reads a saved page.
    signs: Markers = ()
    detail: Literal["always", "suspects"] = "suspects"
    licence: Fetch = "suspects"
    #: Fetch the main pictures of suspects, and of what may be one that came back (docs/rechecks.md).
    pictures: Literal["suspects", "never"] = "suspects"
    robots_obey: bool = True
    #: Addresses that are not public and may be fetched from all the same, for an intranet or a test:
    #: ``10.1.0.0/16``, ``10.1.2.3:8080``. A `base_url` that is itself an address needs none.
    allow_private: tuple[str, ...] = ()
    politeness: Politeness = Politeness()
    #: Impact assessment in Chinese: rate × pages × window, and who approved (网络数据安全管理条例 §18).
    impact: str = ""

    @field_validator("base_url")
    @classmethod
    def _is_absolute(cls, url: str | None) -> str | None:
        if url is None:
            return None
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ValueError(f"needs a whole address such as https://www.example.com, not {url!r}")
        return url.rstrip("/")

    @field_validator("allow_private")
    @classmethod
    def _may_be_allowed(cls, entries: tuple[str, ...]) -> tuple[str, ...]:
        for entry in entries:
            Allowance.parse(entry)
        return entries

    @field_validator("encoding")
    @classmethod
    def _is_an_encoding(cls, encoding: str | None) -> str | None:
        try:
            "".encode(encoding or "utf-8")
        except LookupError:
            raise ValueError(f"no such encoding: {encoding!r}; try gb18030 or utf-8") from None
        return encoding

    @model_validator(mode="after")
    def _lists_have_items(self) -> Self:
        if any(not layout.items for layout in self.list_page):
            raise ValueError("list_page needs items: a selector that finds each listing of the page")
        return self

    def at(self, base_url: str, *, name: str | None = None, title: str | None = None) -> SiteProfile:
        """Make the profile of one shop out of an engine's template.

        Raises:
            ValueError: `base_url` is no http(s) address, or `name` not of lower case letters, digits, ``_``,
            ``-``.

        """
        changed = {"base_url": base_url, "hosts": (), "name": name or self.name, "title": title or self.title}
        return SiteProfile.model_validate({**dict(self), **changed})

    def search_url(self, keyword: str, page: int = 1) -> str:
        """URL of result page `page`, counted from 1, for `keyword`.

        Raises:
            ValueError: the profile has no search, or no `base_url` to put before a relative one.

        """
        if self.search is None:
            raise ValueError(f"site {self.name} has no search: add search.url to its profile")
        codec = keyword_codec(self.search.keyword)
        filled = self.search.url.replace("{keyword}", codec(keyword))
        filled = filled.replace("{page}", str(self.search.first_page + (page - 1) * self.search.page_step))
        return self.absolute(filled.replace("{offset}", str((page - 1) * self.search.page_size)))

    def shop_start_urls(self) -> tuple[tuple[str, PageKind], ...]:
        """Where a crawl of the whole site begins: sitemaps and category pages."""
        sitemaps = ((self.absolute(url), PageKind.SITEMAP) for url in self.shop.sitemaps)
        lists = ((self.absolute(url), PageKind.LIST) for url in self.shop.lists)
        return (*sitemaps, *lists)

    def matches(self, url: str) -> bool:
        """Say whether `url` belongs to the site."""
        parts = urlsplit(url)
        return any(_same_host(host, parts.netloc.lower(), parts.hostname or "") for host in self._all_hosts)

    def absolute(self, url: str) -> str:
        """Put `base_url` before a relative `url`.

        Raises:
            ValueError: the profile is an engine template without `base_url`.

        """
        if urlsplit(url).scheme:
            return url
        if self.base_url is None:
            raise ValueError(
                f"profile {self.name} is a template: say which shop, e.g. at('https://shop.example')"
            )
        return urljoin(f"{self.base_url}/", url.lstrip("/"))

    @property
    def allowances(self) -> tuple[str, ...]:
        """Addresses that are not public and may be fetched from: `allow_private`, and `base_url`'s own."""
        return (*self.allow_private, *(own_address(self.base_url) if self.base_url else ()))

    @cached_property
    def _all_hosts(self) -> tuple[str, ...]:
        if self.hosts:
            return tuple(host.lower() for host in self.hosts)
        return (urlsplit(self.base_url).netloc.lower(),) if self.base_url else ()


def load_profile(name_or_path: str | Path, folders: Iterable[Path] = ()) -> SiteProfile:
    """Read the profile in file `name_or_path`, or of that name in `folders` or among the shipped ones.

    Raises:
        ProfileError: no such profile, or something in it is wrong; names file, line, key and the mend.

    """
    path = Path(name_or_path)
    if path.suffix in (".yaml", ".yml"):
        return _read(path)
    files = list(_files(folders))
    for file in files:
        if file.stem == str(name_or_path):
            return _read(file)
    known = ", ".join(sorted({file.stem for file in files}))
    raise ProfileError(f"no site profile is called {name_or_path}; there are: {known}")


def all_profiles(folders: Iterable[Path] = ()) -> list[SiteProfile]:
    """Read all profiles in `folders` and the shipped ones, by name; one's own wins over a shipped one.

    Raises:
        ProfileError: something in one of them is wrong.

    """
    found: dict[str, SiteProfile] = {}
    for file in _files(folders):
        profile = _read(file)
        found.setdefault(profile.name, profile)
    return [found[name] for name in sorted(found)]


def check_profile(path: Path) -> list[str]:
    """Say everything that is wrong with the profile in file `path`, a line each; empty when it is right."""
    try:
        source = YamlSource(path)
    except ProfileError as error:
        return [str(error)]
    try:
        profile = SiteProfile.model_validate(source.data)
    except ValidationError as error:
        return source.problems(error, SiteProfile)
    return [f"{path}: line {source.line([key])}: {key}: {mend}" for key, mend in _advice(profile, path)]


def _advice(profile: SiteProfile, path: Path) -> Iterator[tuple[str, str]]:
    if profile.name != path.stem:
        yield "name", f"the file is called {path.stem}: call both the same, plans find a profile by its file"


def _read(path: Path) -> SiteProfile:
    problems = check_profile(path)
    if problems:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise ProfileError(problems[0] + more)
    return SiteProfile.model_validate(YamlSource(path).data)


def _files(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in (*folders, SHIPPED):
        yield from sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")])


def _same_host(host: str, netloc: str, hostname: str) -> bool:
    if ":" in host:
        return netloc == host
    return hostname == host or hostname.endswith(f".{host}")
