"""ChangeSet to Proof: reads the result afresh and knows nothing of how it was made."""
