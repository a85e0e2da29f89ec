"""What one process of the server holds while it runs."""

from __future__ import annotations

from dataclasses import dataclass

from survey_sync.server.config import Config
from survey_sync.server.db import Database
from survey_sync.server.monitoring import Metrics
from survey_sync.server.rate_limits import Buckets


@dataclass(frozen=True, slots=True)
class ServerState:
    """The database, and what only this process counts."""

    config: Config
    database: Database
    metrics: Metrics
    by_token: Buckets
    by_address: Buckets

    @classmethod
    def start(cls, config: Config, *, checked: bool = False) -> ServerState:
        """Open the database (see :meth:`Database.open`). Raises :class:`ServerError`."""
        return cls(
            config=config,
            database=Database.open(config.database, checked=checked),
            metrics=Metrics(),
            by_token=Buckets(config.rates.token_per_minute),
            by_address=Buckets(config.rates.address_per_minute),
        )

    def close(self) -> None:
        """Let the database go."""
        self.database.close()
