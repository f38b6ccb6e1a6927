"""The judgement: from poses to readings, repetitions and findings. Pure numbers, numpy only.

May not know: cameras, files, MediaPipe, screens. (The loader in `exercises` reads the rule files at start-up and is
the one room here that knows Pydantic.)
"""
