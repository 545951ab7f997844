"""Public notices with their counted working days, and the objections they call for."""
