"""Pictures in: recorded clips and live cameras, each an iterable of `formcheck.types.Frame`.

May not know: poses, exercises, coaching, records, screens.
"""
