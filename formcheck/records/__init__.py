"""What is kept of a session: its log, its reports, its annotated film.

May not know: where pictures come from, how poses are found, screens.
"""
