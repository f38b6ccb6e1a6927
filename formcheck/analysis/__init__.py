"""The analysis of recorded clips: one in this process, several in processes of their own, or on other machines.

    clip       one clip: judged, drawn, and its results written
    many       several at once in worker processes
    cluster    several at once on a Dask cluster; parcel: what is sent to its workers, and done there

May not know: terminals, command lines.
"""
