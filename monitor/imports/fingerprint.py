"""One pass over a file: its SHA-256, its size, and the encoding that all of it is in."""

from __future__ import annotations

import codecs
import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.imports.problem import ImportProblemError

if TYPE_CHECKING:
    from typing import IO

_CHUNK = 1 << 20
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_LOST = re.compile("[\udc80-\udcff]")
#: What takes three bytes in UTF-8; GB text next to never looks like that, but often like two-byte UTF-8.
_HAN = re.compile("[\u0800-\ud7ff]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Fingerprint:
    """What a file is, as far as its bytes tell."""

    sha256: str
    #: bytes
    size: int
    #: of text: ``utf-8-sig``, ``utf-16``, ``utf-8`` or ``gb18030``
    encoding: str


def fingerprint(name: str, file: IO[bytes]) -> Fingerprint:
    """Read a file once, in flat memory.

    Text without a mark is UTF-8, unless so much of it is not that it is GB18030, the encoding of Excel in
    China: GB text read as UTF-8 breaks at nearly every character, damaged UTF-8 here and there.

    Raises:
        ImportProblemError: it cannot be read; `name` is what people call it.

    """
    digest, size, head = hashlib.sha256(), 0, b""
    lost = wide = 0
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    try:
        while chunk := file.read(_CHUNK):
            head = head or chunk[:4]
            digest.update(chunk)
            size += len(chunk)
            text = decoder.decode(chunk)
            if not text.isascii():
                lost += len(_LOST.findall(text))
                wide += len(text) - len(_HAN.sub("", text))
    except (OSError, EOFError, ValueError) as error:
        raise ImportProblemError(f"{name}: cannot be read: {error}") from None
    marked = next((encoding for mark, encoding in _MARKS if head.startswith(mark)), None)
    return Fingerprint(
        sha256=digest.hexdigest(), size=size, encoding=marked or ("utf-8" if 2 * lost <= wide else "gb18030")
    )
