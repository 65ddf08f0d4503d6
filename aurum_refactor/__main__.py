"""``python -m aurum_refactor`` is ``aurum-refactor``."""

from aurum_refactor.cli.main import main

if __name__ == "__main__":
    main()
