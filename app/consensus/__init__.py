"""Consensus: from independent score sheets to an agreed one; today a panel's result is the rulebook's aggregation."""
