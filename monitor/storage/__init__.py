"""Tables, migrations, upserts and queries: the only room that speaks SQL.

SQLite (WAL) by default, PostgreSQL by URL, the same code and the same tests for both. Every time is stored
in UTC and timezone-aware; a naive one is refused. Writes of a crawl go through `crawl.commit_page`, which
renews the site's lease in the same transaction: a crawler that lost its lease cannot write.
"""

from sqlalchemy import Connection, Engine

from monitor.storage.engine import DatabaseError, DatabaseLockedError, open_database

#: `Engine` and `Connection` stand here so that other rooms can name what they hand through without SQL.
__all__ = ["Connection", "DatabaseError", "DatabaseLockedError", "Engine", "open_database"]
