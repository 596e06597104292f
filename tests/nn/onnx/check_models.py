"""check_models.py EXPORT_MODELS: the exported models pass ONNX's own checker, with the shapes it
infers, and OpenCV, or else numpy_runtime.py, computes from them what the library does. Exit status 77: onnx or numpy is not
installed."""

import pathlib
import subprocess
import sys
import tempfile

try:
    import numpy
    import onnx
except ImportError:
    sys.exit(77)
from numpy_runtime import evaluate
try:
    import cv2
except ImportError:
    cv2 = None


def sizes(value):
    return [d.dim_param or d.dim_value for d in value.type.tensor_type.shape.dim]


def check_structure(path, x, y):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    inferred = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True,
                                                 data_prop=True)
    made, read = inferred.graph.output[0], inferred.graph.input[0]
    assert sizes(made) == ["batch", *y.shape[1:]], (path, sizes(made), y.shape)
    assert sizes(read) == ["batch", *x.shape[1:]], (path, sizes(read), x.shape)
    # What the nodes make, told nothing of the output's shape.
    del model.graph.output[0].type.tensor_type.shape.dim[:]
    model.graph.output[0].type.tensor_type.ClearField("shape")
    inferred = onnx.shape_inference.infer_shapes(model, check_type=True, data_prop=True)
    found = sizes(inferred.graph.output[0])
    assert len(found) == y.ndim, (path, found, y.shape)
    for one, size in zip(found[1:], y.shape[1:]):
        assert one in (size, 0) or isinstance(one, str), (path, found, y.shape)


def difference(path, x, y):
    net = cv2.dnn.readNetFromONNX(str(path))
    net.setInput(x)
    return float(numpy.abs(net.forward().reshape(y.shape) - y).max())


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    subprocess.run([sys.argv[1], name], check=True)
    paths = sorted(folder.glob("*.onnx"))
    assert paths
    for path in paths:
        stem = path.name.split(".")[0]
        x, y = (numpy.load(folder / f"{stem}.{part}.npy") for part in ("input", "output"))
        # Newer ones than this onnx knows are only computed.
        known = int(path.name.split(".")[1]) <= onnx.defs.onnx_opset_version()
        if known:
            check_structure(path, x, y)
        if cv2 and known and (folder / f"{stem}.opencv").exists():
            error = difference(path, x.astype(numpy.float32), y)
            print(f"{path.name}: OpenCV differs by {error:.1e}")
            assert error < 1e-5, path
            continue
        made = evaluate(onnx.load(path), x)
        if made is None:
            print(f"{path.name}: checked")
            continue
        error = float(numpy.abs(made - y).max())
        print(f"{path.name}: numpy differs by {error:.1e}")
        assert made.shape == y.shape and error < 1e-5, path
