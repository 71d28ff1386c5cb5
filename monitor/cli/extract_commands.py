"""`monitor extract`: the listings in a saved page."""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

import typer

from monitor.cli.console import errors
from monitor.cli.context import load_settings
from monitor.cli.mistakes import UsageMistakeError
from monitor.extraction import Page, PageKind
from monitor.extraction.profile import all_profiles, load_profile
from monitor.extraction.reading import read_page, recognise


def register(parent: typer.Typer) -> None:
    """Add these commands to the command line."""
    parent.command()(extract)


def extract(
    file: Path = typer.Argument(help="A saved page: HTML, JSON or XML, also gzipped."),
    url: str = typer.Option(help="The address it was saved from; links are completed with it."),
    site: str | None = typer.Option(None, help="Site profile to read it with; by default it is recognised."),
    kind: PageKind | None = typer.Option(None, help="What the page is; by default it is recognised."),
) -> None:
    """Print the listings found in a saved page, one JSON object a line."""
    settings = load_settings()
    page = Page(url=url, body=read_body(file))
    folders = [settings.sites_dir]
    profile = load_profile(site, folders) if site else recognise(page, all_profiles(folders))
    reading = read_page(page, profile, kind)
    for listing in reading.listings:
        sys.stdout.write(json.dumps(listing.plain(), ensure_ascii=False) + "\n")
    if reading.seller is not None:
        sys.stdout.write(json.dumps({"seller": reading.seller.plain()}, ensure_ascii=False) + "\n")
    said = f": {reading.reason}" if reading.reason else ""
    name = profile.name if profile is not None else "no profile"
    errors.print(
        f"{len(reading.listings)} listings, {reading.verdict}, read with {name}{said}", highlight=False
    )


def read_body(file: Path) -> bytes:
    """Read a saved page, unpacking gzip.

    Raises:
        UsageMistakeError: it is not there, cannot be read, or is broken gzip.

    """
    try:
        body = file.read_bytes()
        return gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body
    except (OSError, EOFError, ValueError) as error:
        raise UsageMistakeError(f"{file}: cannot be read: {error}") from None
