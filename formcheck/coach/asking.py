"""The question before a session when it hurt the last time: when it is spoken, and what follows from the answer.

    ASK --yes, both--> the set-up          ASK --not yet--> "Then please rest ..." --a while, or a key--> over

Whoever is asked still sits at the computer: it waits without end, and goes on only with an answer.
May not know: windows, voices, what was kept of the last time.
"""

from __future__ import annotations

from formcheck.coach.say import Say
from formcheck.coach.scene import Scene, Stage
from formcheck.words import Words

#: The question is spoken again after so long.
AGAIN_S = 15.0
#: What to do instead of exercising stays for so long.
STAYS_S = 15.0
#: The answers, in the order of their keys.
ANSWERS = ("ask.both", "ask.not_yet")


class Asking:
    """Asks whether to go on after pain. `answer`: None until there is one, then whether to go on."""

    def __init__(self, words: Words) -> None:
        """Take the language."""
        self.answer: bool | None = None
        self._words = words
        self._spoken_s = float("-inf")
        self._answered_s = float("inf")

    def tick(self, now_s: float) -> list[Say]:
        """Take the passing of time and return what to say."""
        if self.answer is not None or now_s - self._spoken_s < AGAIN_S:
            return []
        self._spoken_s = now_s
        return [Say(f"{self._words('ask.question')} {self._words('ask.press')}")]

    def take(self, answer: bool, now_s: float) -> list[Say]:
        """Take the answer, the first one only, and return what to say to it."""
        if self.answer is not None:
            return []
        self.answer, self._answered_s = answer, now_s
        # the question need not be asked to its end
        return [Say(self._words("ask.go_on" if answer else "ask.rest"), urgent=True)]

    def over(self, now_s: float) -> bool:
        """Whether the answer was to rest, and has been shown for long enough."""
        return self.answer is False and now_s - self._answered_s >= STAYS_S

    def scene(self, target: int, notices: tuple[str, ...]) -> Scene:
        """Return what the window shows."""
        asks = self.answer is None
        sentence = self._words("ask.question" if asks else "ask.rest")
        answers = tuple(map(self._words, ANSWERS)) if asks else ()
        return Scene(Stage.ASK, None, sentence, not asks, target, notices=notices, answers=answers)
