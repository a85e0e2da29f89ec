"""survey-sync: final responses from devices to the coordinator, updates and receipts back.

Packages: ``protocol`` (messages), ``client`` (devices), ``server`` (the coordinator's), ``cli``.
"""
