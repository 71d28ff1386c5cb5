"""Lists, forms and letters for people: Excel, CSV and Word files that appear whole or not at all.

The room shows what storage gives it and what leads propose; it decides nothing and speaks no SQL. Besides
files it has stored what they say (lists that come back, letters with their numbers), each with its file.
What sellers wrote is text in every cell: never a formula, never a number.
"""

from monitor.exporters.sheets.files import ExportedFile, ExportError

__all__ = ["ExportError", "ExportedFile"]
