"""What reading a workbook comes to when the file is damaged, or is none."""

from __future__ import annotations

import zipfile
import zlib

from openpyxl.utils.exceptions import InvalidFileException

#: Errors of the archive, of its packed parts, of their XML, and of openpyxl, which checks little of what it
#: finds there. They come when the book is opened, and while its rows are read.
DAMAGED = (
    InvalidFileException,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    SyntaxError,
    ValueError,
)
