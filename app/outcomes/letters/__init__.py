"""The letters that tell an applicant what was decided: written with the decision, kept, and made into the same PDF each time."""
