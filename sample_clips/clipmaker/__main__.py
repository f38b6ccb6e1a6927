"""Starts the command line: `python -m sample_clips.clipmaker`. May not know: what the commands do."""

from sample_clips.clipmaker.cli import main

if __name__ == "__main__":
    main()
