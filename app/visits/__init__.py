"""Site visits: plan, team and evidence log of a round of kind `site`; today such a round is scored like any other."""
