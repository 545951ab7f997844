"""The years after an honour: a declaration from its holder each year, facts that speak against it, and what the office makes of both."""
