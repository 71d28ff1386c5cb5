"""Pictures of the shop: the original instead of thumbnails."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from django.conf import settings
from oscar.core.thumbnails import AbstractThumbnailer


@dataclass(frozen=True)
class Picture:
    """What Oscar's templates ask of a thumbnail."""

    url: str


class Originals(AbstractThumbnailer):
    """Serve each picture as it was stored; none of our goods has one, so this is Oscar's own placeholder."""

    def generate_thumbnail(self, source: object, **_options: object) -> Picture:
        """Give the address of `source`, a file field or a path below MEDIA_ROOT."""
        name = PurePath(str(getattr(source, "name", source)))
        return Picture(url=f"{settings.MEDIA_URL}{name.as_posix()}")

    def delete_thumbnails(self, source: object) -> None:
        """There are none."""
