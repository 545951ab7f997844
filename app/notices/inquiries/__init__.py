"""The inquiry into an objection: its handler, what the applicant is asked, the clock, the finding and the answer (ADR 28)."""
