"""The profiles that are kept: where each person's is, reading it, changing it without losing anything.

May not know: what a session does with a profile, command lines, terminals.
"""
