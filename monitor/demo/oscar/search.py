"""Whoosh for Chinese: words cut by jieba, where haystack's backend cuts at white space only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from haystack.backends.whoosh_backend import WhooshEngine, WhooshSearchBackend
from jieba.analyse import ChineseAnalyzer

if TYPE_CHECKING:
    from whoosh.fields import Schema


class ChineseWhooshBackend(WhooshSearchBackend):
    """Haystack's backend with another analyser for the document field, and a last page that is right."""

    def build_schema(self, fields: dict[str, Any]) -> tuple[str, Schema]:
        """Exchange the analyser of the field that searches read."""
        content_field, schema = super().build_schema(fields)
        schema[content_field].analyzer = ChineseAnalyzer()
        return content_field, schema

    def search(
        self,
        query_string: str,
        start_offset: int | None = 0,
        end_offset: int | None = None,
        **options: Any,  # noqa: ANN401 - haystack's own
    ) -> dict[str, Any]:
        """Give the rows from `start_offset` to `end_offset`, cut from all rows up to there.

        haystack turns offsets into a page number, which is wrong for a last page that is not full: for the
        rows 140 to 152 it gives the rows 132 to 144, and the last eight goods are on no page (issue 1664).
        """
        found = super().search(query_string, start_offset=0, end_offset=end_offset, **options)
        return {**found, "results": found["results"][start_offset or 0 :]}


class ChineseWhooshEngine(WhooshEngine):
    """Named in the settings as the search engine."""

    backend = ChineseWhooshBackend
