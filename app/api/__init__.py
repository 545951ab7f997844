"""The read-only interface for other systems: each list is described once, and served and documented from that description."""
