"""What the code says: reads sources with ``ast`` and gives plain values; runs and rewrites nothing."""
