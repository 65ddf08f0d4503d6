"""Plan to ChangeSet: carries choices out, makes none; the only caller of ``codemods``."""
