"""The Word layouts: those in the office's exports folder, else the shipped ones; and how they are filled."""

from __future__ import annotations

import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docxtpl import DocxTemplate
from jinja2 import TemplateError

from monitor.mistake import MistakeError

if TYPE_CHECKING:
    from collections.abc import Mapping

#: In a checkout beside the package, in an installation under the environment's data folder (pyproject.toml).
_SHIPPED = (
    Path(__file__).parent.parent.parent / "exports" / "templates",
    Path(sysconfig.get_path("data")) / "share" / "monitor" / "templates",
)


class LayoutError(MistakeError):
    """A Word layout is missing or cannot be filled; the message names it and the mend."""


def layout(name: str, exports: Path | None = None) -> Path:
    """Find a layout.

    Args:
        name: file name, e.g. ``抽样单.docx``.
        exports: folder of exports whose ``templates`` go before the shipped ones.

    Raises:
        LayoutError: it is in none of these folders.

    """
    folders: tuple[Path, ...] = (*((exports / "templates",) if exports is not None else ()), *_SHIPPED)
    for folder in folders:
        if (file := folder / name).is_file():
            return file
    searched = ", ".join(map(str, folders))
    raise LayoutError(f"the layout {name} is in none of {searched}: put it there, or install monitor again")


def fill(file: Path, context: Mapping[str, Any], part: Path) -> None:
    """Fill a layout with `context`, and write the document to `part`.

    Raises:
        LayoutError: the layout cannot be filled.
        OSError: the document could not be written.

    """
    document = DocxTemplate(file)
    try:
        document.render(dict(context), autoescape=True)
    except TemplateError as error:
        raise LayoutError(f"{file}: cannot be filled ({error}): mend the layout in Word") from None
    document.save(part)
