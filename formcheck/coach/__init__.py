"""What the person gets back: the cue to give, the voice that says it, the picture that shows it.

May not know: cameras, MediaPipe, how a verdict comes about, where sessions are kept.
"""
