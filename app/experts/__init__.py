"""The expert pool: who may judge, where they come from, what they know; imported from a spreadsheet."""
