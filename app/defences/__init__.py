"""Statement and defence: order by lot and sessions of a round of kind `defence`; today it is scored like any other."""
