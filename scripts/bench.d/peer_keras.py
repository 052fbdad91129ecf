"""Keras on TensorFlow: peer_keras.py graph|xla|encode|predict THREADS

encode: no training, the layers run in a tf.function; predict: with predict_on_batch.
"""
import math
import os
import sys

mode, threads = sys.argv[1], int(sys.argv[2])
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402

import peer  # noqa: E402

tf.config.threading.set_intra_op_parallelism_threads(threads)
tf.config.threading.set_inter_op_parallelism_threads(threads)


class Variational(keras.layers.Layer):
    """Adds the KL to the standard normal, a sample's mean, to the losses."""

    def __init__(self, units):
        super().__init__()
        self.mean, self.logvar = keras.layers.Dense(units), keras.layers.Dense(units)

    def call(self, x):
        mean, logvar = self.mean(x), self.logvar(x)
        self.add_loss(0.5 * tf.reduce_mean(tf.reduce_sum(tf.square(mean) + tf.exp(logvar) - logvar - 1, axis=-1)))
        return mean + tf.exp(0.5 * logvar) * tf.random.normal(tf.shape(mean))


def conv(padding, strides=1, layer=keras.layers.Conv2D):
    return lambda units, activation: layer(units, 3, padding=padding, strides=strides, activation=activation)


def grid(units, activation):
    return [keras.layers.Dense(16 * units, activation=activation), keras.layers.Reshape((4, 4, units))]


def norm(units, activation):
    layers = [keras.layers.BatchNormalization()]
    return layers + [keras.layers.Activation(activation)] if activation else layers


KINDS = {
    "dense": lambda units, activation: keras.layers.Dense(units, activation=activation),
    "variational": lambda units, activation: Variational(units),
    "flatten": lambda units, activation: keras.layers.Flatten(),
    "grid": grid,
    "conv": conv("same"),
    "conv_valid": conv("valid"),
    "down": conv("same", 2),
    "up": conv("same", 2, keras.layers.Conv2DTranspose),
    "pool": lambda units, activation: keras.layers.MaxPooling2D(2, padding="same"),
    "upsample": lambda units, activation: keras.layers.UpSampling2D(2),
    "norm": norm,
}


def network(shape, layers):
    built = [keras.layers.Input(shape)]
    for kind, units, activation in layers:
        made = KINDS[kind](units, activation)
        built += made if isinstance(made, list) else [made]
    return keras.Sequential(built)


def build(shape, batch, layers):
    keras.utils.set_random_seed(1)
    model = network(shape, layers)
    x = tf.random.uniform([batch, *shape])
    if mode == "predict":
        return lambda: model.predict_on_batch(x)
    if mode == "encode":
        encode = tf.function(lambda x: model(x, training=False))
        return lambda: encode(x)
    optimizer = keras.optimizers.Adam(1e-3)
    optimizer.build(model.trainable_variables)
    # The mean over a sample; a variational model's terms are sums.
    loss_of = keras.losses.BinaryCrossentropy(from_logits=True)
    scale = math.prod(shape) if any(kind == "variational" for kind, _, _ in layers) else 1

    @tf.function(jit_compile=mode == "xla")
    def train(x):
        with tf.GradientTape() as tape:
            loss = scale * loss_of(x, model(x, training=True)) + sum(model.losses)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply(gradients, model.trainable_variables)
        return loss

    return lambda: train(x).numpy()


peer.serve(build)
