"""The committee's session: members, recusals, quorum, the secret ballot by level, and the proposed list."""
