"""survey-sync: final responses travel to the coordinator, and everybody knows what arrived.

``protocol`` says what travels and is shared; ``client`` runs on devices, ``server`` at the coordinator's.
"""
