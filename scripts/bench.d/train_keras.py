"""train_keras.py DATA SEED EPOCHS THREADS HIDDEN L2: what train.lua does, with Keras' fit."""
import os
import sys
import time

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402

import mnist  # noqa: E402
import peer  # noqa: E402

data, seed, epochs, threads, hidden, l2 = sys.argv[1:]
tf.config.threading.set_intra_op_parallelism_threads(int(threads))
tf.config.threading.set_inter_op_parallelism_threads(int(threads))

keras.utils.set_random_seed(int(seed))
regularizer = keras.regularizers.L2(float(l2)) if float(l2) > 0 else None
layers = [keras.layers.Input((784,))]
layers += [keras.layers.Dense(int(n), activation="relu", kernel_regularizer=regularizer) for n in hidden.split(",")]
layers += [keras.layers.Dense(784, activation="sigmoid", kernel_regularizer=regularizer)]
model = keras.Sequential(layers)
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="binary_crossentropy")
train, test = mnist.both(data)
began = time.perf_counter()
model.fit(train, train, epochs=int(epochs), batch_size=256, shuffle=True, verbose=0)
seconds = time.perf_counter() - began
loss = float(keras.losses.binary_crossentropy(test, model.predict(test, batch_size=1000, verbose=0)).numpy().mean())
print(f"{loss:.5f} {seconds:.3f} {peer.peak_memory()}")
