"""The database: SQLite in one file, or PostgreSQL, through SQLAlchemy Core."""

from survey_sync.server.db.engine import Database

__all__ = ["Database"]
