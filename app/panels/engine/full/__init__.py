"""Every rule at once on arrays: role seats, employers, provinces, loads, groups, and seats that stand."""
