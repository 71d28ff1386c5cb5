"""Preserved responses (电子证据): WARC records in a hash chain, their check, and what is handed to others.

One chain a collector process; its head is anchored in the database and printed, because a chain that can be
recomputed end to end proves nothing by itself. This room knows files and bytes, neither SQL nor Scrapy.
"""
