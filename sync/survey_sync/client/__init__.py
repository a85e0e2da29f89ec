"""The device's side: pending responses go to a destination, its receipts come back to the store.

Nothing here knows a screen or a command line; both use :class:`~survey_sync.client.upload.Upload`.
``httpx`` is imported by :mod:`~survey_sync.client.connection` alone, when the first request is made."""
