"""Pictures in: recorded clips and live cameras, each an iterable of `formcheck.types.Frame`.

May not know: poses, exercises, coaching, records, screens.
"""

# OpenCV must be loaded before PyAV. Both wheels for Linux carry libraries of X under the same names, and when PyAV's
# come first, OpenCV's first window never opens: the call spins for ever (PyAV issue 978, OpenCV issue 29195).
import cv2  # noqa: F401
