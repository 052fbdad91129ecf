"""train_keras.py DATA HIDDEN L2 SEED EPOCHS THREADS: what train.lua does, with Keras' fit."""
import gzip
import os
import pathlib
import sys
import time

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

data, hidden, l2, seed, epochs, threads = sys.argv[1:]
tf.config.threading.set_intra_op_parallelism_threads(int(threads))
tf.config.threading.set_inter_op_parallelism_threads(int(threads))


def read(name):
    path = pathlib.Path(data) / (name + ".gz")
    raw = gzip.open(path).read() if path.exists() else path.with_suffix("").read_bytes()
    return np.frombuffer(raw, np.uint8, offset=16).reshape(-1, 784).astype("float32") / 255


keras.utils.set_random_seed(int(seed))
regularizer = keras.regularizers.L2(float(l2)) if float(l2) > 0 else None
layers = [keras.layers.Input((784,))]
layers += [keras.layers.Dense(int(n), activation="relu", kernel_regularizer=regularizer) for n in hidden.split(",")]
layers += [keras.layers.Dense(784, activation="sigmoid", kernel_regularizer=regularizer)]
model = keras.Sequential(layers)
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="binary_crossentropy")
train, test = read("train-images-idx3-ubyte"), read("t10k-images-idx3-ubyte")
began = time.perf_counter()
model.fit(train, train, epochs=int(epochs), batch_size=256, shuffle=True, verbose=0)
seconds = time.perf_counter() - began
loss = float(keras.losses.binary_crossentropy(test, model.predict(test, batch_size=1000, verbose=0)).numpy().mean())
with open("/proc/self/status") as status:
    peak = next(line.split()[1] for line in status if line.startswith("VmHWM"))
print(f"{loss:.5f} {seconds:.3f} {peak}")
