"""Certificates of published honours, with a code that anybody can check."""
