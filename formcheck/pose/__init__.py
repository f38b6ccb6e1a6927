"""People in pictures: finds the lying person in each frame and follows them.

May not know: exercises, limits, what a repetition is.
"""
