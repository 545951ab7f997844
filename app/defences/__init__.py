"""Statements and defences: sessions, order and questions by recorded lot, the clock with its overtime, the chair's pointer."""
