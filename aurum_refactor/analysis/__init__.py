"""What the code says: sources read with ``ast``, as plain values; nothing is run or rewritten."""
