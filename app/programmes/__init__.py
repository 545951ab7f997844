"""The award and its editions: rulebook, calendar, rounds; frozen when the call opens."""
