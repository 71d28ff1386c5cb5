"""Whoosh for Chinese: words cut by jieba, for haystack's backend cuts at white space only."""

from __future__ import annotations

from typing import Any

from haystack.backends.whoosh_backend import WhooshEngine, WhooshSearchBackend
from jieba.analyse import ChineseAnalyzer
from whoosh.fields import Schema


class ChineseWhooshBackend(WhooshSearchBackend):
    """Haystack's backend with another analyser for the document field."""

    def build_schema(self, fields: dict[str, Any]) -> tuple[str, Schema]:
        """Exchange the analyser of the field that searches read."""
        content_field, schema = super().build_schema(fields)
        schema[content_field].analyzer = ChineseAnalyzer()
        return content_field, schema


class ChineseWhooshEngine(WhooshEngine):
    """Named in the settings as the search engine."""

    backend = ChineseWhooshBackend
