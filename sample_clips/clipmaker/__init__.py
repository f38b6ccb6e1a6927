"""The clip maker: renders labelled clips of synthetic people who do prone exercises.

    spec (what is to be seen) -> script (when) -> prone body (pose) -> truth (labels) and scene (pictures) -> clip

Run it from the project's root: `python -m sample_clips.clipmaker --help`. It is no part of the installed package.
Only `anatomy` imports anny and torch, only `scene` and what it builds with imports Blender (bpy), each when it is first
needed: specs are drawn and checked without them. May not know: how formcheck judges.
"""
