"""What a request costs, as a ratio to a bare Flask and SQLAlchemy page with the same data: `python -m benchmarks`."""
