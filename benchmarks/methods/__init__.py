"""Other ways from scores to an order, weighed for the product and not offered by it: measured beside it, and kept so that their
published cases can be worked out again. None is part of the product; what it uses instead stands in docs/decisions/0022."""
