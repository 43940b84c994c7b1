"""The door of the command line: ``python -m eakte``."""

from eakte.cli.main import main

if __name__ == "__main__":
    main(prog_name="python -m eakte")
