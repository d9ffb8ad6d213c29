"""``python -m api.cli``: the command line without the console script."""

import sys

from api.cli import main

if __name__ == "__main__":
    sys.exit(main())
