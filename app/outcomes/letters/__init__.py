"""The letters that tell what was decided: written with the decision, kept, and made into the same PDF each time."""
