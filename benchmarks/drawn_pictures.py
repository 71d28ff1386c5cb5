"""Product pictures drawn for tests and benchmarks, and what happens to them when they are uploaded again."""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

SIDE = 600


def drawn(rng: random.Random) -> Image.Image:
    """A good before a white wall, a coloured one, or a blurred room."""
    image = _background(rng)
    draw = ImageDraw.Draw(image)
    rng.choice((_solid, _pile, _ring, _bars))(rng, draw, rng.randrange(220, 380), rng.randrange(220, 380))
    return image


def packed(image: Image.Image, quality: int = 85, kind: str = "JPEG") -> bytes:
    """The bytes of a picture."""
    file = io.BytesIO()
    image.save(file, kind, quality=quality)
    return file.getvalue()


#: What is done to a picture, by name.
CHANGES: dict[str, Callable[[Image.Image], bytes]] = {
    "re-encoded, quality 40": lambda image: packed(image, 40),
    "as WebP": lambda image: packed(image, 70, "WEBP"),
    "scaled to 300": lambda image: packed(image.resize((300, 300))),
    "scaled to 90": lambda image: packed(image.resize((90, 90))),
    "2 % cut off each side": lambda image: packed(image.crop((12, 12, 588, 588))),
    "5 % cut off each side": lambda image: packed(image.crop((30, 30, 570, 570))),
    "watermark across": lambda image: packed(_marked(image)),
    "advertising bar below": lambda image: packed(_barred(image)),
    "lighter by 10 %": lambda image: packed(image.point(lambda value: min(255, int(value * 1.1)))),
    "mirrored": lambda image: packed(image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)),
}


def _background(rng: random.Random) -> Image.Image:
    kind = rng.choice(("white", "white", "colour", "gradient", "room"))
    if kind == "white":
        return Image.new("RGB", (SIDE, SIDE), "white")
    if kind == "colour":
        return Image.new("RGB", (SIDE, SIDE), tuple(rng.randrange(120, 256) for _ in range(3)))
    if kind == "gradient":
        turned = Image.linear_gradient("L").rotate(rng.choice((0, 90, 180, 270)))
        return turned.resize((SIDE, SIDE)).convert("RGB")
    room = Image.new("RGB", (6, 6))
    room.putdata([tuple(rng.randrange(60, 230) for _ in range(3)) for _ in range(36)])
    return room.resize((SIDE, SIDE), Image.Resampling.BICUBIC)


def _colour(rng: random.Random, most: int = 256) -> tuple[int, ...]:
    return tuple(rng.randrange(most) for _ in range(3))


def _solid(rng: random.Random, draw: ImageDraw.ImageDraw, x: int, y: int) -> None:
    for _ in range(rng.randrange(2, 6)):
        w, h = rng.randrange(30, 110), rng.randrange(30, 110)
        a, b = x + rng.randrange(-120, 120), y + rng.randrange(-120, 120)
        shape = rng.choice((draw.ellipse, draw.rectangle))
        shape((a - w, b - h, a + w, b + h), fill=_colour(rng))


def _pile(rng: random.Random, draw: ImageDraw.ImageDraw, x: int, y: int) -> None:
    for _ in range(rng.randrange(20, 80)):
        r, a, b = rng.randrange(12, 40), int(rng.gauss(x, 100)), int(rng.gauss(y, 100))
        grey = rng.randrange(30, 200)
        draw.ellipse((a - r, b - r, a + r, b + r), fill=(grey, grey, min(255, grey + rng.randrange(40))))


def _ring(rng: random.Random, draw: ImageDraw.ImageDraw, x: int, y: int) -> None:
    wide = rng.randrange(120, 220)
    for each in range(rng.randrange(8, 30)):
        turn = 2 * math.pi * each / 20
        a, b, r = x + wide * math.cos(turn), y + wide * math.sin(turn), rng.randrange(10, 40)
        draw.ellipse((a - r, b - r, a + r, b + r), fill=_colour(rng, 200))


def _bars(rng: random.Random, draw: ImageDraw.ImageDraw, x: int, y: int) -> None:
    del x, y
    for _ in range(rng.randrange(3, 9)):
        a, top = rng.randrange(80, 500), rng.randrange(60, 300)
        draw.rectangle((a, top, a + rng.randrange(10, 60), rng.randrange(320, 560)), fill=_colour(rng, 220))


def _marked(image: Image.Image) -> Image.Image:
    marked = image.copy()
    ImageDraw.Draw(marked, "RGBA").text((180, 280), "SHOP 8888", fill=(255, 255, 255, 150), font_size=40)
    return marked


def _barred(image: Image.Image) -> Image.Image:
    barred = image.copy()
    draw = ImageDraw.Draw(barred)
    draw.rectangle((0, 540, SIDE, SIDE), fill=(220, 30, 30))
    draw.text((100, 550), "free delivery", fill=(255, 255, 255), font_size=36)
    return barred
