"""The official ranking: exact arithmetic by the rulebook, ties shown as ties, cut lines, floors, missing reviews named."""
