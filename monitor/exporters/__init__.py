"""Lists for people: Excel workbooks and CSV files that appear whole or not at all.

The room shows what storage gives it and what leads propose; it decides nothing, speaks no SQL and writes
nothing but files. What sellers wrote is text in every cell: never a formula, never a number.
"""

from monitor.exporters.files import ExportedFile, ExportError

__all__ = ["ExportError", "ExportedFile"]
