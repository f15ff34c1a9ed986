"""Reading pushed engagement scores: the contract, a quick path, an explaining path, and CSV. No storing."""
