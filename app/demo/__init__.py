"""A fictitious edition, lived through by the services that people use: for showing, trying and testing."""
