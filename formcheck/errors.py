"""The errors formcheck raises, and what each tells the person to do.

    FormcheckError
    ├── SetupError    exit code 2: something the person can put right before trying again
    └── StreamError   exit code 1: it broke on the way; what was measured until then is kept

Each carries two plain sentences: what is wrong, and what to do about it. They are caught at one border, `cli/`.
May not know: anything else of the program.
"""

from __future__ import annotations


class FormcheckError(Exception):
    """What went wrong, in one line, and the way out of it."""

    #: the process's exit code when this ends a command
    exit_code = 1

    def __init__(self, wrong: str, remedy: str) -> None:
        """Take `wrong`, what is wrong, and `remedy`, what to do; both whole sentences, either may name a file."""
        super().__init__(f"{wrong} {remedy}")
        self.wrong = wrong
        self.remedy = remedy

    def __reduce__(self) -> tuple[type[FormcheckError], tuple[str, str]]:
        # an exception is made again from its `args`, of which there is one
        return type(self), (self.wrong, self.remedy)


class SetupError(FormcheckError):
    """The command cannot start or cannot judge: a wrong path, a broken file, an unusable folder."""

    exit_code = 2


class StreamError(FormcheckError):
    """Frames stopped coming midway: a clip that is cut off, a camera that was unplugged."""

    exit_code = 1
