"""Tables, migrations, upserts and queries: the only room that speaks SQL.

SQLite (WAL) by default, PostgreSQL by URL, the same code and the same tests for both. Every time is stored
in UTC and timezone-aware; a naive one is refused. Writes of a crawl go through `crawl.commit_page`, which
renews the site's lease in the same transaction: a crawler that lost its lease cannot write.
"""

from monitor.storage.engine import DatabaseError, DatabaseLockedError, open_database

__all__ = ["DatabaseError", "DatabaseLockedError", "open_database"]
