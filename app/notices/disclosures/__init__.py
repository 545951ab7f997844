"""The confidential way to the supervisor: nobody else reads, lists or counts what comes here (ADR 27)."""
