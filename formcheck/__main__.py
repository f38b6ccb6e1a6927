"""Lets `python -m formcheck` do what the command `formcheck` does. May not know: anything but that."""

from formcheck.cli import main

if __name__ == "__main__":
    main()
