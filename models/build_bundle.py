"""Build `pose_landmarker_full.task` from the two networks inside the published mediapipe 0.10.21 wheel.

    python models/build_bundle.py [--out FILE]

mediapipe 0.10.31, which formcheck uses, ships no model; the wheel of 0.10.21 (Apache-2.0) carries the person
detector and the full landmark network. A Tasks bundle is an uncompressed zip of both, each with TFLite metadata
that states how its input picture is normalised. That metadata can only be attached by the old wheel's own
`MetadataPopulator`, so the script installs that wheel in a throw-away virtual environment and runs itself there.
The result is the same to the byte on every run; `SHA256SUMS` holds its digest and the program refuses any other.

Needs Python 3.9 to 3.12 (the versions 0.10.21 has wheels for) and access to the package index.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

WHEEL = "mediapipe==0.10.21"
#: name in the bundle, path in the installed package, (mean, std) that turn 0..255 RGB into the network's input range
NETWORKS = (
    ("pose_detector.tflite", "modules/pose_detection/pose_detection.tflite", (127.5, 127.5)),
    ("pose_landmarks_detector.tflite", "modules/pose_landmark/pose_landmark_full.tflite", (0.0, 255.0)),
)
#: zip entries carry a date; a fixed one keeps the bundle the same to the byte
ZIP_DATE = (1980, 1, 1, 0, 0, 0)


def with_metadata(network: bytes, mean: float, std: float) -> bytes:
    """Return the TFLite `network` with metadata saying its input is an RGB image scaled by (x - mean) / std.

    Runs only inside the throw-away environment: the imports below exist nowhere else.
    """
    import flatbuffers
    from mediapipe.tasks.metadata import metadata_schema_py_generated as schema
    from mediapipe.tasks.python.metadata import metadata

    tensor = schema.TensorMetadataT()
    tensor.name = "image"
    tensor.content = schema.ContentT()
    tensor.content.contentPropertiesType = schema.ContentProperties.ImageProperties
    tensor.content.contentProperties = schema.ImagePropertiesT()
    tensor.content.contentProperties.colorSpace = schema.ColorSpaceType.RGB
    unit = schema.ProcessUnitT()
    unit.optionsType = schema.ProcessUnitOptions.NormalizationOptions
    unit.options = schema.NormalizationOptionsT()
    unit.options.mean = [mean]
    unit.options.std = [std]
    tensor.processUnits = [unit]
    graph = schema.SubGraphMetadataT()
    graph.inputTensorMetadata = [tensor]
    # the populator insists on one entry for every output of the network, even when nothing is said of them
    graph.outputTensorMetadata = [schema.TensorMetadataT() for _ in range(output_count(network))]
    model = schema.ModelMetadataT()
    model.subgraphMetadata = [graph]
    builder = flatbuffers.Builder(0)
    builder.Finish(model.Pack(builder), metadata.MetadataPopulator.METADATA_FILE_IDENTIFIER)
    populator = metadata.MetadataPopulator.with_model_buffer(network)
    populator.load_metadata_buffer(bytes(builder.Output()))
    populator.populate()
    return bytes(populator.get_model_buffer())


def output_count(network: bytes) -> int:
    """Return how many output tensors the TFLite `network` has."""
    from mediapipe.tasks.metadata import schema_py_generated as tflite

    return int(tflite.Model.GetRootAsModel(network, 0).Subgraphs(0).OutputsLength())


def write_bundle(out: Path) -> None:
    """Write the bundle to `out`; runs inside the throw-away environment."""
    import mediapipe

    package = Path(mediapipe.__file__).parent
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as bundle:
        for name, path, (mean, std) in NETWORKS:
            entry = zipfile.ZipInfo(name, ZIP_DATE)
            entry.create_system = 3
            bundle.writestr(entry, with_metadata((package / path).read_bytes(), mean, std))


def main() -> None:
    """Make the environment, run `write_bundle` in it, print the digest."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--out", type=Path, default=Path(__file__).with_name("pose_landmarker_full.task"))
    options.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.inside:
        write_bundle(asked.out)
        return
    with tempfile.TemporaryDirectory(prefix="formcheck-model-") as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder) / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
        subprocess.run([python, "-m", "pip", "install", "--quiet", WHEEL], check=True)
        subprocess.run([python, __file__, "--inside", "--out", asked.out.resolve()], check=True)
    print(f"{hashlib.sha256(asked.out.read_bytes()).hexdigest()}  {asked.out.name}")


if __name__ == "__main__":
    main()
