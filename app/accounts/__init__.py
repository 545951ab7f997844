"""Who people are: users, their roles, how they sign in, and the sessions that can be taken back."""
