"""Panels: who may judge whom, the recorded draw, declarations of conflict, and the assignments they lead to."""
