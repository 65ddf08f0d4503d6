"""Public projects as our standing proof: ``python -m corpus.run`` extracts and verifies them all.

``manifest.toml`` pins them; nothing of theirs is part of this repository.
"""
