"""formcheck: checks the form of prone back exercises in a clip or before a camera.

May not know: anything; importing it has no effect.
"""

__version__ = "0.1.0"
