"""Fingerprints of pictures: steady where a picture is uploaded anew, and never an error, whatever comes."""

from __future__ import annotations

import io
import random
import struct
import zlib
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from monitor.matching.picture_print import BITS, distance, print_of
from monitor.matching.relisting_rules import relisting_rules

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def pictures():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARKS))
        yield import_module("drawn_pictures")


def picture(side: int = 64) -> Image.Image:
    return Image.effect_mandelbrot((side, side), (-2, -1.5, 1, 1.5), 50)


def bytes_of(image: Image.Image, kind: str, **options) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


@given(st.integers(0, 10**6))
@settings(max_examples=15, deadline=None)
def test_a_picture_that_is_uploaded_anew_stays_near(pictures, seed):
    image = pictures.drawn(random.Random(seed))
    before = print_of(pictures.packed(image, 90))
    for change in ("re-encoded, quality 40", "as WebP", "scaled to 300", "scaled to 90", "lighter by 10 %"):
        after = print_of(pictures.CHANGES[change](image))
        assert distance(before.fingerprint, after.fingerprint) <= relisting_rules().picture.to, change


def test_different_pictures_lie_far_apart(pictures):
    rng = random.Random(3)
    prints = [print_of(pictures.packed(pictures.drawn(rng), 90)).fingerprint for _ in range(20)]
    apart = [distance(one, other) for at, one in enumerate(prints) for other in prints[:at]]
    assert min(apart) > relisting_rules().picture.to


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_every_format_of_shops_gives_nearly_the_same(kind):
    said = print_of(bytes_of(picture(300), kind))
    assert (said.width, said.height, said.why_none) == (300, 300, None)
    assert len(said.fingerprint) == BITS // 4
    assert distance(said.fingerprint, print_of(bytes_of(picture(300), "PNG")).fingerprint) <= 6


def test_what_is_transparent_is_white():
    clear = picture().convert("RGBA")
    clear.putalpha(picture().point(lambda value: 255 if value else 0))
    white = Image.new("L", clear.size, 255)
    white.paste(picture(), mask=clear.getchannel("A"))
    assert print_of(bytes_of(clear, "PNG")).fingerprint == print_of(bytes_of(white, "PNG")).fingerprint


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "not a picture"),
        (b"<html>login</html>", "not a picture"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "not a picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "not a picture"),
        (bytes_of(Image.new("RGB", (9, 9)), "BMP"), "not a picture"),
        (bytes_of(picture(400), "JPEG")[:900], "truncated"),
        (bytes_of(picture(400), "PNG")[:3000], "truncated"),
        (bytes_of(Image.new("RGB", (200, 200), "red"), "PNG"), "blank"),
        (bytes_of(Image.new("L", (4500, 4500)), "PNG"), "too large: 4500 × 4500"),
        (bytes_of(Image.new("1", (10000, 10000)), "PNG"), "DecompressionBomb"),
    ],
)
def test_what_has_no_print_has_a_reason(body, why):
    said = print_of(body)
    assert said.fingerprint is None
    assert why in said.why_none


def test_a_png_that_lies_about_its_size_is_refused_before_it_is_unpacked():
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 6, 0, 0, 0)
    body = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(10**6)))
    assert "DecompressionBomb" in print_of(body).why_none


_GOOD = [bytes_of(picture(40), kind) for kind in ("JPEG", "PNG", "WEBP", "GIF", "AVIF")]


@st.composite
def damaged(draw):
    body = bytearray(draw(st.sampled_from(_GOOD)))
    for _ in range(draw(st.integers(1, 8))):
        body[draw(st.integers(0, len(body) - 1))] = draw(st.integers(0, 255))
    return bytes(body[: draw(st.integers(0, len(body)))]) if draw(st.booleans()) else bytes(body)


@given(damaged() | st.binary(max_size=300))
@settings(deadline=None)
def test_nothing_that_comes_is_an_error(body):
    said = print_of(body)
    assert (said.fingerprint is None) == (said.why_none is not None)
