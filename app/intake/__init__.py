"""From hand-in to acceptance: the recommending body's opinion within its quota, and the office's formal check."""
