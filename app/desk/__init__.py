"""What waits for me: each role's first page, made of the queries of all stages."""
