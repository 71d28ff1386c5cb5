"""Scrapy item pipelines: what becomes of a page that a spider has read.

classify joins its listings with what is known of them, says what is suspicious and what to fetch next; store
commits it all in one transaction, the unit's checkpoint. A pipeline never parses HTML. Listings themselves
pass through untouched, so that feeds (`-o out.jsonl`) and one's own pipelines get them as from any spider.
"""
