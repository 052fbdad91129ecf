"""MNIST's pictures from its IDX files."""
import gzip
import pathlib

import numpy as np


def read(folder, name):
    """[N, 784] of float32, 0 to 1."""
    path = pathlib.Path(folder) / (name + ".gz")
    raw = gzip.open(path).read() if path.exists() else path.with_suffix("").read_bytes()
    return np.frombuffer(raw, np.uint8, offset=16).reshape(-1, 784).astype("float32") / 255


def both(folder):
    """Of training and of test."""
    return read(folder, "train-images-idx3-ubyte"), read(folder, "t10k-images-idx3-ubyte")
