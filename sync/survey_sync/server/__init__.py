"""The collection server: Starlette, uvicorn and SQLAlchemy Core (extra ``server``).

:mod:`~survey_sync.server.serve` runs it, :mod:`~survey_sync.server.admin` manages devices, codes, accounts
and backups. Its processes are interchangeable: none keeps state that another one needs.
"""
