"""evaluate(model, x): an ONNX model computed with numpy, after ONNX's "Operators". None if a node is
of a kind that is not known here."""

import math

import numpy as np
from onnx import helper, numpy_helper


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(x, axis):
    e = np.exp(x - x.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


def normalised(x, axis, epsilon):
    axes = tuple(range(axis % x.ndim, x.ndim))
    return (x - x.mean(axes, keepdims=True)) / np.sqrt(x.var(axes, keepdims=True) + epsilon)


def rnn_step(f, p, q, h, c):
    return f(p + q), c


def lstm_step(f, p, q, h, c):
    i, o, forget, g = np.split(p + q, 4, axis=1)
    c = sigmoid(forget) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def gru_step(f, p, q, h, c):
    (pz, pr, ph), (qz, qr, qh) = np.split(p, 3, axis=1), np.split(q, 3, axis=1)
    z = sigmoid(pz + qz)
    return (1 - z) * np.tanh(ph + sigmoid(pr + qr) * qh) + z * h, c


def recurrent(step, x, w, r, b=None, *, hidden_size, direction=b"forward", activations=(b"Tanh",),
              linear_before_reset=1):
    assert linear_before_reset == 1 and len(w) == (2 if direction == b"bidirectional" else 1)
    f = {b"Tanh": np.tanh, b"Relu": lambda s: np.maximum(s, 0)}[activations[0]]
    y = np.zeros((x.shape[0], len(w), x.shape[1], hidden_size))
    for d in range(len(w)):
        wb, rb = np.split(b[d], 2) if b is not None else (0, 0)
        h = c = np.zeros((x.shape[1], hidden_size))
        for t in range(len(x))[::-1 if d else 1]:
            h, c = step(f, x[t] @ w[d].T + wb, h @ r[d].T + rb, h, c)
            y[t, d] = h
    return y


def average_pool(x, kernel_shape, strides, pads, count_include_pad=0):
    n = len(kernel_shape)
    around = [(0, 0), (0, 0), *zip(pads[:n], pads[n:])]
    numbers = np.pad(x, around)
    ones = np.pad(np.ones_like(x), around, constant_values=count_include_pad)
    axes = tuple(range(2, 2 + n))

    def sums(y):
        windows = np.lib.stride_tricks.sliding_window_view(y, kernel_shape, axes)
        every = (slice(None), slice(None), *(slice(None, None, s) for s in strides))
        return windows[every].sum(tuple(range(-n, 0)))

    return sums(numbers) / sums(ones)


def reshape(x, to):
    return x.reshape([x.shape[k] if n == 0 else n for k, n in enumerate(to)])


OPERATORS = {
    "RNN": lambda *a, **k: recurrent(rnn_step, *a, **k),
    "LSTM": lambda *a, **k: recurrent(lstm_step, *a, **k),
    "GRU": lambda *a, **k: recurrent(gru_step, *a, **k),
    "Add": np.add, "Sub": np.subtract, "Mul": np.multiply, "Div": np.divide, "Sqrt": np.sqrt,
    "AveragePool": average_pool,
    "MatMul": np.matmul, "Erf": np.vectorize(math.erf), "Relu": lambda x: np.maximum(x, 0),
    "Transpose": lambda x, perm: x.transpose(perm), "Reshape": reshape,
    "Squeeze": lambda x, axes: x.squeeze(tuple(axes)),
    "Gather": lambda x, k, axis: np.take(x, k, axis),
    "Slice": lambda x, start, end, axes: x[start[0]:end[0]], "Shape": lambda x: np.array(x.shape),
    "Identity": lambda x: x,
    "Split": lambda x, axis, num_outputs=3: np.split(x, num_outputs, axis), "Softmax": softmax,
    "ReduceMean": lambda x, axes, keepdims: x.mean(tuple(axes), keepdims=bool(keepdims)),
    "LayerNormalization": lambda x, w, b=0, *, axis, epsilon: normalised(x, axis, epsilon) * w + b,
}


def evaluate(model, x):
    values = {each.name: numpy_helper.to_array(each) for each in model.graph.initializer}
    values[model.graph.input[0].name] = x
    for node in model.graph.node:
        if node.op_type not in OPERATORS:
            return None
        options = {each.name: helper.get_attribute_value(each) for each in node.attribute}
        made = OPERATORS[node.op_type](*(values[name] for name in node.input), **options)
        values.update(zip(node.output, made if len(node.output) > 1 else [made]))
    return values[model.graph.output[0].name]
