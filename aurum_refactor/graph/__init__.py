"""The graph of endpoints and what they depend on; networkx stays in here."""
