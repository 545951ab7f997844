"""What stands at the end: the government's approval recorded, the published result, past editions, revocation."""
