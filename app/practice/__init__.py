"""Practice cases: every expert scores one before the first real dossier and sees how far he was from the model answer.

Nothing here knows a dossier, a seat or a score sheet: what is practised can enter no ranking, count or export.
"""
