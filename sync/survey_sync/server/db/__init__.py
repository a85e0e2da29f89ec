"""The database: SQLite in one file, or PostgreSQL, through SQLAlchemy Core."""

from survey_sync.server.db.database import Database

__all__ = ["Database"]
