"""How often formcheck is right: labelled clips are judged like any other, and held against their labels.

    labels, sheet   what is true of each clip
    running         what formcheck finds in it, clip by clip, in processes of their own
    matching        which repetition found is which of the labels'
    figures         the statistics
    tally           all clips together
    report, pictures, folder   Markdown, JSON and a picture of each measure

May not know: how anything is found or judged, command lines.
"""
