"""What happened: append-only events, each carrying the hash of the one before, and the supervisor's reader."""
