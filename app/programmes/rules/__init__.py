"""The rulebook of an award: read, checked, told in sentences; pure, no web and no database."""
