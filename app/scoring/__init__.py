"""Independent score sheets of any round: a percentage by item in steps of 5 with strengths and improvements."""
