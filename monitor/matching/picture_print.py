"""The fingerprint of a picture: 128 bits that stay nearly the same when it is scaled, packed or marked anew.

A difference hash (dHash) over rows and columns: is a spot of the shrunken, grey picture darker than the one
to its right, than the one below it? Pillow decodes and shrinks; ImageHash would bring SciPy and PyWavelets
for the few lines that are left. The 64 bits of rows alone do not tell pictures apart that have a white wall
in common (docs/rechecks.md has the figures).

Pictures come from whoever is watched. Whatever they hold, the answer is a print or why there is none.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

from PIL import Image, UnidentifiedImageError

#: Bits of a print; it is written as a quarter as many hexadecimal digits.
BITS = 128
#: Formats that shops show pictures in. Others that Pillow knows (PostScript, PSD …) are more code than use.
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
#: Pixels: 20 million are 80 MB unpacked with transparency. Shops scale theirs to a tenth of that.
_MOST_PIXELS = 20_000_000
#: Spots across and down.
_EDGE = 8
#: A picture whose brightest spot is so little (0–255) over its darkest says nothing: blank, or all but.
_LEAST_CONTRAST = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class PicturePrint:
    """What a picture's bytes gave."""

    #: `BITS` bits as hexadecimal digits; None where there is none
    fingerprint: str | None = None
    #: why there is none
    why_none: str | None = None
    #: pixels, as far as they are known
    width: int | None = None
    height: int | None = None


def print_of(body: bytes) -> PicturePrint:
    """Work out the print of a picture. Never raises; takes no more memory than its limit of pixels means."""
    try:
        with warnings.catch_warnings():
            # Pillow warns of what is odd, and of a decompression bomb; a larger one it refuses
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _print_of(body)
    except UnidentifiedImageError:
        return PicturePrint(why_none=f"not a picture of a known format ({', '.join(_FORMATS)})")
    except Exception as error:  # noqa: BLE001 - decoders raise anything at all on bytes made for it
        return PicturePrint(why_none=f"cannot be decoded: {type(error).__name__}: {str(error)[:120]}")


def distance(one: str, other: str) -> int:
    """Count the bits in which two prints differ, 0 to `BITS`."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def _print_of(body: bytes) -> PicturePrint:
    with Image.open(io.BytesIO(body), formats=_FORMATS) as image:
        width, height = image.size
        if width * height > _MOST_PIXELS:
            reason = f"too large: {width} × {height} pixels, more than {_MOST_PIXELS:,}"
            return PicturePrint(why_none=reason, width=width, height=height)
        grey = _grey(image)
    across = grey.resize((_EDGE + 1, _EDGE), Image.Resampling.LANCZOS).tobytes()
    down = grey.resize((_EDGE, _EDGE + 1), Image.Resampling.LANCZOS).tobytes()
    if max(across) - min(across) < _LEAST_CONTRAST:
        return PicturePrint(why_none="blank: one colour, or all but", width=width, height=height)
    rows = [
        across[at] < across[at + 1]
        for row in range(_EDGE)
        for at in range(row * (_EDGE + 1), row * (_EDGE + 1) + _EDGE)
    ]
    columns = [down[at] < down[at + _EDGE] for at in range(_EDGE * _EDGE)]
    bits = int("".join("1" if bit else "0" for bit in (*rows, *columns)), 2)
    return PicturePrint(fingerprint=f"{bits:0{BITS // 4}x}", width=width, height=height)


def _grey(image: Image.Image) -> Image.Image:
    """Grey values; what is transparent is white, as shops show it."""
    # a JPEG is decoded at the size that is needed, not at its own
    image.draft("L", (16 * _EDGE, 16 * _EDGE))
    if "A" not in image.getbands() and "transparency" not in image.info:
        return image.convert("L")
    layered = image.convert("LA")
    white = Image.new("L", layered.size, 255)
    white.paste(layered.getchannel("L"), mask=layered.getchannel("A"))
    return white
