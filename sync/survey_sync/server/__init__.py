"""The collection server: Starlette, uvicorn and SQLAlchemy Core (extra ``server``).

For whoever composes it: :mod:`~survey_sync.server.serve` runs it, :mod:`~survey_sync.server.admin` looks
after devices, codes and accounts, :mod:`~survey_sync.server.admin` copies the database. Every process of
it is alike and keeps nothing that another one needs."""
