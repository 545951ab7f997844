"""What is kept for how long after archiving, and what is taken out when its term is over."""
