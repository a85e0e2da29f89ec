"""State of one server process: configuration, database, metrics, rate limiters."""

from __future__ import annotations

from dataclasses import dataclass

from survey_sync.server.config import Config
from survey_sync.server.db import Database
from survey_sync.server.monitoring import Metrics
from survey_sync.server.rate_limits import RateLimiter


@dataclass(frozen=True, slots=True)
class ServerRuntime:
    """The database, and the counters of this process."""

    config: Config
    database: Database
    metrics: Metrics
    by_token: RateLimiter
    by_address: RateLimiter

    @classmethod
    def start(cls, config: Config, *, checked: bool = False) -> ServerRuntime:
        """Open the database (see :meth:`Database.open`). Raises ``ServerError``."""
        return cls(
            config=config,
            database=Database.open(config.database, checked=checked),
            metrics=Metrics(),
            by_token=RateLimiter(config.rates.token_per_minute),
            by_address=RateLimiter(config.rates.address_per_minute),
        )

    def close(self) -> None:
        """Close the database."""
        self.database.close()
