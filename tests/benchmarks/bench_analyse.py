"""Measures `formcheck analyse` against a bare loop, in whole processes: time, peak memory, the first frame judged.

    python tests/benchmarks/bench_analyse.py [--rounds N] [--seconds S]

See the README beside it for what the figures mean.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import av
import cv2
import numpy as np
from av.video.frame import VideoFrame

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "sample_clips" / "se_mixed.mp4"
SIZE = (1280, 720)

#: decodes and finds, nothing else
BARE = """
import sys
import av, mediapipe as mp
from mediapipe.tasks.python import BaseOptions, vision
from formcheck.pose import model

options = vision.PoseLandmarkerOptions(
    base_options=BaseOptions(model_asset_path=str(model.shipped())),
    running_mode=vision.RunningMode.VIDEO, num_poses=1, output_segmentation_masks=True,
)
with av.open(sys.argv[1]) as container, vision.PoseLandmarker.create_from_options(options) as finder:
    container.streams.video[0].thread_type = "AUTO"
    for frame in container.decode(video=0):
        image = mp.Image(mp.ImageFormat.SRGB, frame.to_ndarray(format="rgb24"))
        finder.detect_for_video(image, round(frame.time * 1000))
"""

#: the command line, and what is to be known of its process: when the first frame was judged, and the peak memory
WATCHED = """
import json, os, sys, time
from pathlib import Path

report, began_s = Path(sys.argv.pop(1)), float(sys.argv.pop(1))
facts = {}

def peak_mb():
    status = Path("/proc/self/status")
    if status.exists():  # what getrusage says on Linux may be the parent's
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    import resource
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 1024)

from formcheck import cli, session
observe = session.Session.observe

def first(self, pose):
    seen = observe(self, pose)
    facts.setdefault("first_frame_s", time.time() - began_s)
    return seen

session.Session.observe = first
try:
    cli.main()
finally:
    facts["peak_mb"] = peak_mb()
    report.write_text(json.dumps(facts))
"""


def make_clip(path: Path, seconds: float, rate: int = 30) -> Path:
    """Write a 1280 x 720 H.264 clip: the sample clip's first `seconds`, enlarged, its pictures shown twice at 30."""
    with av.open(str(SAMPLE)) as source, av.open(str(path), "w") as clip:
        stream = clip.add_stream("libx264", rate=rate, options={"preset": "veryfast", "crf": "23", "bf": "0"})
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuv420p"
        for frame in source.decode(video=0):
            if frame.time >= seconds:
                break
            large = cv2.resize(frame.to_ndarray(format="rgb24"), SIZE, interpolation=cv2.INTER_CUBIC)
            for _ in range(rate // 15):
                clip.mux(stream.encode(VideoFrame.from_ndarray(np.ascontiguousarray(large))))
        clip.mux(stream.encode())
    return path


def repeat(clip: Path, times: int, path: Path) -> Path:
    """Write a clip that shows `clip` several times over, without encoding it anew."""
    with av.open(str(path), "w") as out:
        stream, shift = None, 0
        for _ in range(times):
            with av.open(str(clip)) as source:
                film = source.streams.video[0]
                stream = stream or out.add_stream_from_template(film)
                end = shift
                for packet in source.demux(film):
                    if packet.dts is None:
                        continue
                    end = shift + packet.pts + packet.duration
                    packet.pts, packet.dts, packet.stream = packet.pts + shift, packet.dts + shift, stream
                    out.mux(packet)
                shift = end
    return path


def run(command: list[str | Path]) -> float:
    """Run a command to its end and return how long that took, in seconds."""
    began = time.perf_counter()
    said = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True)
    took = time.perf_counter() - began
    if said.returncode:
        raise SystemExit(f"{command} ended with {said.returncode}\n{said.stderr}")
    return took


def bare_s(clip: Path) -> float:
    """Return how long the bare loop takes."""
    return run([sys.executable, "-c", BARE, clip])


def analyse_s(clip: Path, *options: str) -> float:
    """Return how long `formcheck analyse` takes with these options."""
    with tempfile.TemporaryDirectory() as out:
        return run([sys.executable, "-m", "formcheck", "analyse", clip, "--out", out, *options])


def watched(clip: Path, *options: str) -> dict[str, float]:
    """Return `first_frame_s` and `peak_mb` of one run of `formcheck analyse`."""
    with tempfile.TemporaryDirectory() as out:
        report = Path(out) / "report.json"
        command = [sys.executable, "-c", WATCHED, report, str(time.time()), "analyse", clip, "--out", out, *options]
        run(command)
        return json.loads(report.read_text(encoding="utf-8"))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="how often each is run (default: 5)")
    parser.add_argument("--seconds", type=float, default=20.0, help="length of the clip (default: 20)")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        clip = make_clip(Path(folder) / "clip.mp4", wanted.seconds)
        long = repeat(clip, 5, Path(folder) / "long.mp4")
        kinds = {
            "bare": lambda: bare_s(clip),
            "judge": lambda: analyse_s(clip, "--no-video"),
            "film": lambda: analyse_s(clip),
        }
        took: dict[str, list[float]] = {name: [] for name in kinds}
        for number in range(wanted.rounds):
            for name, measure in kinds.items():
                took[name].append(measure())
            print(f"round {number + 1}: " + ", ".join(f"{name} {times[-1]:.1f} s" for name, times in took.items()))
        bare = statistics.median(took["bare"])
        for name, times in took.items():
            median = statistics.median(times)
            print(f"{name:6s} median {median:5.1f} s, {median / bare:.2f} of bare")
        short_facts = [watched(clip, "--no-video") for _ in range(max(3, wanted.rounds))]
        firsts = [facts["first_frame_s"] for facts in short_facts]
        print(f"first frame judged after {statistics.median(firsts):.2f} s (best {min(firsts):.2f} s)")
        short = max(facts["peak_mb"] for facts in short_facts)
        longer = watched(long, "--no-video")["peak_mb"]
        film = watched(clip)["peak_mb"]
        print(f"peak memory {short:.0f} MB, five times as long {longer:.0f} MB, with film {film:.0f} MB")


if __name__ == "__main__":
    main()
