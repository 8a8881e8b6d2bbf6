"""``python -m ptnotes`` is the command ``ptnotes``."""

from ptnotes.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
