"""Consensus: the panel's talk once all independent scores are in, up to its report; the sheets themselves stay untouched."""
