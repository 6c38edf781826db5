"""The models of make_keras_files.py: a configuration, tensors under Keras's names, an input and the output."""
import json

import numpy as np

import keras_equations as keras

STEPS = 12

# Where a constant is no float: 0.2, 1/6, the factors of a normalization, a gain. The model has it rounded.
ROUNDED = ("activations", "aida", "bidirectional", "gru_before", "gru_first_keras_2", "lstm_hard_sigmoid", "products",
           "rtneural_layers")


class Case:
    def __init__(self, name, x, y, tensors=None, config=None, version=None, document=None):
        self.name, self.x, self.y, self.document = name, x, y, document
        self.is_rounded = name.startswith(ROUNDED)
        self.tensors = {key: np.asarray(a, np.float32) for key, a in (tensors or {}).items()}
        self.metadata = {"keras_config": json.dumps(config), "keras_version": version}
        if version is None:
            del self.metadata["keras_version"]


class Weights:
    """Random numbers that float32 holds exactly, the same for a name wherever else it occurs."""

    def __init__(self, name):
        self.rng = np.random.Generator(np.random.PCG64([2026, *name.encode()]))

    def __call__(self, *shape, scale=0.5):
        return self.rng.normal(0, scale, shape).astype(np.float32).astype(np.float64)

    def cell(self, inputs, units, gates, bias=True, rows=None):
        found = [self(inputs, gates * units), self(units, gates * units)]
        return found + [self(*([rows] if rows else []), gates * units)] if bias else found


def named(prefix, arrays, suffix="", roles=("kernel", "recurrent_kernel", "bias")):
    return {f"{prefix}/{role}{suffix}": a for role, a in zip(roles, arrays)}


def layer(kind, name, **config):
    return {"class_name": kind, "config": {"name": name, "trainable": True, "dtype": "float32", **config}}


def layer3(kind, name, **config):
    return {"module": "keras.layers", **layer(kind, name, **config), "registered_name": None}


def sequential2(layers, shape, version="2.15.0"):
    first = layer("InputLayer", "input_1", batch_input_shape=[None, None, shape])
    return {"class_name": "Sequential", "config": {"name": "sequential", "layers": [first, *layers]},
            "keras_version": version, "backend": "tensorflow"}


def sequential3(layers, *shape):
    first = layer3("InputLayer", "input_layer", batch_shape=[None, *shape])
    return {"module": "keras", "class_name": "Sequential", "config": {"name": "sequential", "layers": [first, *layers]},
            "registered_name": None, "build_config": {"input_shape": [None, *shape]}}


def all_cases():
    yield from sequential_cases()
    yield from masked_cases()
    yield from functional_cases()
    yield from rtneural_cases()
    yield from capture_cases()


def sequential_cases():
    w = Weights("lstm_stack")
    x, a, b, k, c = w(STEPS, 3, scale=1), w.cell(3, 7, 4), w.cell(7, 5, 4), w(5, 4), w(4)
    yield Case("lstm_stack", x, keras.dense(keras.lstm(keras.lstm(x, *a), *b)[-1], k, c, "softmax"),
               {**named("lstm/lstm_cell", a), **named("lstm_1/lstm_cell", b), **named("dense", [k, c], roles=["kernel", "bias"])},
               sequential3([layer3("LSTM", "lstm", units=7, return_sequences=True, activation="tanh", use_bias=True,
                                   recurrent_activation="sigmoid", unit_forget_bias=True, go_backwards=False, stateful=False),
                            layer3("Dropout", "dropout", rate=0.3),
                            layer3("LSTM", "lstm_1", units=5, return_sequences=False, activation="tanh",
                                   recurrent_activation="sigmoid", use_bias=True),
                            layer3("Dense", "dense", units=4, activation="softmax", use_bias=True)], None, 3), "3.5.0")

    w = Weights("gru_after")
    x, a, k, c = w(STEPS, 3, scale=1), w.cell(3, 6, 3, rows=2), w(6, 2), w(2)
    yield Case("gru_after", x, keras.dense(keras.gru(x, *a), k, c, "elu"),
               {**named("gru/gru_cell", a, ":0"), **named("time_distributed", [k, c], ":0", ["kernel", "bias"])},
               sequential2([layer("GRU", "gru", units=6, return_sequences=True, reset_after=True, activation="tanh",
                                  recurrent_activation="sigmoid"),
                            layer("TimeDistributed", "time_distributed",
                                  layer=layer("Dense", "dense", units=2, activation="elu"))], 3), "2.15.0")

    w = Weights("gru_before")
    x, a = w(STEPS, 3, scale=1), w.cell(3, 6, 3)
    how = dict(activation="relu", gate="hard_sigmoid_2", reset_after=False)
    yield Case("gru_before", x, keras.gru(x, *a, **how), named("gru/gru_cell", a, ":0"),
               sequential2([layer("GRU", "gru", units=6, return_sequences=True, reset_after=False, activation="relu",
                                  recurrent_activation="hard_sigmoid")], 3), "2.15.0")

    # The first files of Keras 2: a bare list of layers, and no reset_after.
    first = layer("GRU", "gru_1", units=6, return_sequences=True, activation="relu", recurrent_activation="hard_sigmoid",
                  batch_input_shape=[None, None, 3])
    yield Case("gru_first_keras_2", x, keras.gru(x, *a, **how), named("gru_1", a, ":0"),
               {"class_name": "Sequential", "config": [first], "keras_version": "2.1.2"})

    w = Weights("lstm_hard_sigmoid")
    x, a = w(STEPS, 2, scale=2), w.cell(2, 5, 4)
    for version, suffix in ((2, ":0"), (3, "")):
        make = sequential2 if version == 2 else sequential3
        cell = (layer if version == 2 else layer3)("LSTM", "lstm", units=5, return_sequences=True, activation="softsign",
                                                   recurrent_activation="hard_sigmoid")
        yield Case(f"lstm_hard_sigmoid_{version}", x,
                   keras.lstm(x, *a, activation="softsign", gate=f"hard_sigmoid_{version}"),
                   named("lstm/lstm_cell", a, suffix), make([cell], 2) if version == 2 else make([cell], None, 2),
                   "2.15.0" if version == 2 else "3.0.5")

    w = Weights("bidirectional")
    x, f, b = w(STEPS, 3, scale=1), w.cell(3, 4, 4), w.cell(3, 4, 4)
    f2, b2, k = w.cell(8, 3, 3, rows=2), w.cell(8, 3, 3, rows=2), w(6, 1)
    norm = [w(8), w(8), w(8), w(8) ** 2]
    middle = keras.batch_normalization(keras.both_ways(keras.lstm, x, f, b), *norm, 1e-3)
    yield Case("bidirectional", x, keras.dense(keras.last_of_both_ways(keras.gru, middle, f2, b2), k),
               {**named("bidirectional/forward_lstm/lstm_cell", f), **named("bidirectional/backward_lstm/lstm_cell", b),
                **named("batch_normalization", norm, roles=["gamma", "beta", "moving_mean", "moving_variance"]),
                **named("bidirectional_1/forward_gru/gru_cell", f2), **named("bidirectional_1/backward_gru/gru_cell", b2),
                "dense/kernel": k},
               sequential3([layer3("Bidirectional", "bidirectional", merge_mode="concat",
                                   layer=layer3("LSTM", "lstm", units=4, return_sequences=True)),
                            layer3("BatchNormalization", "batch_normalization", axis=-1, epsilon=1e-3, center=True, scale=True),
                            layer3("Bidirectional", "bidirectional_1", merge_mode="concat",
                                   layer=layer3("GRU", "gru", units=3, return_sequences=False, reset_after=True)),
                            layer3("Dense", "dense", units=1, use_bias=False)], None, 3), "3.5.0")

    w = Weights("go_backwards")
    x, a, b = w(STEPS, 3, scale=1), w.cell(3, 5, 1), w.cell(5, 4, 1, bias=False)
    backwards = keras.simple_rnn(x, *a, backwards=True)
    cells = [layer3("SimpleRNN", "simple_rnn", units=5, return_sequences=True, go_backwards=True),
             layer3("SimpleRNN", "simple_rnn_1", units=4, use_bias=False, activation="relu")]
    yield Case("go_backwards", x, keras.simple_rnn(backwards, *b, activation="relu")[-1],
               {**named("simple_rnn/simple_rnn_cell", a), **named("simple_rnn_1/simple_rnn_cell", b)},
               sequential3(cells, None, 3), "3.5.0")

    w = Weights("rnn_cell")
    x, a = w(STEPS, 3, scale=1), w.cell(3, 4, 3, rows=2)
    yield Case("rnn_cell", x, keras.gru(x, *a), named("rnn/gru_cell", a),
               sequential3([layer3("RNN", "rnn", return_sequences=True,
                                   cell=layer3("GRUCell", "gru_cell", units=4, reset_after=True))], None, 3), "3.5.0")

    w = Weights("activations")
    x, tensors, layers = w(STEPS, 4, scale=2), {}, []
    y = x
    for name in ("relu", "leaky_relu", "elu", "selu", "softplus", "softsign", "sigmoid", "hard_sigmoid"):
        k, c = w(4, 4, scale=1), w(4)
        tensors |= named(f"dense_{name}", [k, c], roles=["kernel", "bias"])
        layers.append(layer3("Dense", f"dense_{name}", units=4, activation=name))
        y = keras.dense(y, k, c, "hard_sigmoid_3" if name == "hard_sigmoid" else name)
    y = y - 0.5
    tensors |= named("shift", [np.eye(4), np.full(4, -0.5)], roles=["kernel", "bias"])
    tensors["p_re_lu/alpha"] = np.full((1, 4), 0.25)
    layers += [layer3("Dense", "shift", units=4), layer3("ReLU", "re_lu", negative_slope=0.5, max_value=None, threshold=0.0),
               layer3("PReLU", "p_re_lu", shared_axes=[1]), layer3("LeakyReLU", "leaky", negative_slope=0.75),
               layer3("ELU", "elu", alpha=0.5), layer3("Activation", "activation", activation="tanh"),
               layer3("ThresholdedReLU", "thresholded", theta=0.125), layer3("Softmax", "softmax", axis=-1)]
    for slope in (0.5, 0.25, 0.75):
        y = np.where(y < 0, slope * y, y)
    y = np.tanh(np.where(y < 0, 0.5 * np.expm1(y), y))
    y = keras.ACTIVATIONS["softmax"](np.where(y > 0.125, y, 0))
    yield Case("activations", x, y, tensors, sequential3(layers, None, 4), "3.5.0")

    w = Weights("products")
    x, tensors, layers = w(STEPS, 4, scale=3), {}, []
    y = x
    for name, equation in (("silu", "silu"), ("swish", "silu"), ("hard_silu", "hard_silu"), ("mish", "mish"), ("relu6", "relu6")):
        k, c = w(4, 4, scale=1.5), w(4)
        tensors |= named(f"dense_{name}", [k, c], roles=["kernel", "bias"])
        layers.append(layer3("Dense", f"dense_{name}", units=4, activation=name))
        y = keras.dense(y, k, c, equation)
    k, c, a = w(4, 4, scale=1), w(4), w.cell(4, 5, 4)
    tensors |= named("steps", [k, c], roles=["kernel", "bias"]) | named("lstm/lstm_cell", a)
    layers += [layer3("TimeDistributed", "steps", layer=layer3("Dense", "inner", units=4, activation="silu")),
               layer3("ReLU", "re_lu", negative_slope=0.0, max_value=1.5, threshold=0.0),
               layer3("LSTM", "lstm", units=5, return_sequences=True), layer3("Activation", "activation", activation="mish")]
    y = np.clip(keras.dense(y, k, c, "silu"), 0, 1.5)
    yield Case("products", x, keras.ACTIVATIONS["mish"](keras.lstm(y, *a)), tensors, sequential3(layers, None, 4), "3.5.0")


def masked_cases():
    w = Weights("embedding")
    table, a, k, c = w(9, 4), w.cell(4, 5, 4), w(5, 2), w(2)
    indices = np.array([3, 0, 8, 1, 0, 0, 5, 7, 2, 0], dtype=np.int64)
    y = keras.dense(keras.lstm(table[indices], *a, missing=indices == 0)[-1], k, c)
    yield Case("embedding", indices[:, None], y,
               {"embedding/embeddings": table, **named("lstm/lstm_cell", a), **named("dense", [k, c], roles=["kernel", "bias"])},
               sequential3([layer3("Embedding", "embedding", input_dim=9, output_dim=4, mask_zero=True),
                            layer3("LSTM", "lstm", units=5), layer3("Dense", "dense", units=2)], None), "3.5.0")

    w = Weights("masking")
    x, a, f, b = w(STEPS, 3, scale=1), w.cell(3, 4, 3, rows=2), w.cell(3, 4, 3, rows=2), w.cell(3, 4, 3, rows=2)
    missing = np.isin(np.arange(STEPS), [0, 4, 5, 11])
    x[missing] = -1
    masking = layer3("Masking", "masking", mask_value=-1.0)
    one = layer3("GRU", "gru", units=4, return_sequences=True, reset_after=True)
    yield Case("masking", x, keras.gru(x, *a, missing=missing), named("gru/gru_cell", a),
               sequential3([masking, one], None, 3), "3.5.0")
    yield Case("masking_bidirectional", x, keras.both_ways(keras.gru, x, f, b, missing=missing, zeroes=True),
               {**named("bidirectional/forward_gru/gru_cell", f), **named("bidirectional/backward_gru/gru_cell", b)},
               sequential3([masking, layer3("Bidirectional", "bidirectional", layer=one, merge_mode="concat")], None, 3), "3.5.0")


def functional_cases():
    w = Weights("residual")
    x, k, c, a, k2, c2 = w(STEPS, 3, scale=1), w(3, 4), w(4), w.cell(4, 4, 4), w(4, 1), w(1)
    start = keras.dense(x, k, c, "tanh")
    y = keras.dense(start + keras.lstm(start, *a), k2, c2)
    tensors = {**named("dense", [k, c], roles=["kernel", "bias"]), **named("lstm/lstm_cell", a),
               **named("dense_1", [k2, c2], roles=["kernel", "bias"])}
    parts = [("Dense", "dense", dict(units=4, activation="tanh"), ["x"]), ("LSTM", "lstm", dict(units=4, return_sequences=True), ["dense"]),
             ("Add", "add", {}, ["dense", "lstm"]), ("Dense", "dense_1", dict(units=1, activation="linear"), ["add"])]

    def reference(name):
        return {"class_name": "__keras_tensor__", "config": {"shape": [None, None, 4], "dtype": "float32", "keras_history": [name, 0, 0]}}

    layers2 = [{**layer("InputLayer", "x", batch_input_shape=[None, None, 3]), "name": "x", "inbound_nodes": []}]
    layers3 = [{**layer3("InputLayer", "x", batch_shape=[None, None, 3]), "name": "x", "inbound_nodes": []}]
    for kind, name, config, inputs in parts:
        layers2.append({**layer(kind, name, **config), "name": name, "inbound_nodes": [[[i, 0, 0, {}] for i in inputs]]})
        arguments = [reference(i) for i in inputs]
        layers3.append({**layer3(kind, name, **config), "name": name,
                        "inbound_nodes": [{"args": arguments if len(inputs) == 1 else [arguments], "kwargs": {}}]})
    yield Case("residual_keras_2", x, y, {key + ":0": a for key, a in tensors.items()},
               {"class_name": "Functional", "keras_version": "2.12.0", "backend": "tensorflow",
                "config": {"name": "model", "layers": layers2, "input_layers": [["x", 0, 0]], "output_layers": [["dense_1", 0, 0]]}})
    yield Case("residual_keras_3", x, y, tensors,
               {"module": "keras.src.models.functional", "class_name": "Functional", "registered_name": "Functional",
                "config": {"name": "functional", "layers": layers3, "input_layers": ["x", 0, 0], "output_layers": ["dense_1", 0, 0]}}, "3.5.0")


def rtneural_cases():
    def item(kind, size, weights, activation="", **more):
        return {"type": kind, "activation": activation, "shape": [None, None, size], **more,
                "weights": [np.asarray(a).tolist() for a in weights]}

    def document(layers, inputs=1, **more):
        return {"in_shape": [None, None, inputs], "layers": layers, **more}

    w = Weights("rtneural_gru_before")
    x, a, k, c = w(STEPS, 1, scale=1), w.cell(1, 5, 3), w(5, 1), w(1)
    yield Case("rtneural_gru_before", x, keras.dense(keras.gru(x, *a, reset_after=False), k, c),
               document=document([item("gru", 5, a, "tanh"), item("dense", 1, [k, c])]))

    w = Weights("rtneural_layers")
    x, k, c, norm, a, k2 = w(STEPS, 2, scale=1), w(2, 4), w(4), [w(4), w(4), w(4), w(4) ** 2], w.cell(4, 3, 4, bias=False), w(3, 3)
    y = keras.batch_normalization(keras.dense(x, k, c, "elu"), *norm, 0.01)
    y = keras.lstm(np.where(y < 0, 0.25 * y, y), *a, activation="relu")
    y = keras.ACTIVATIONS["softmax"](keras.dense(y, k2))
    yield Case("rtneural_layers", x, y, document=document(
        [item("time-distributed-dense", 4, [k, c], "elu"), item("batchnorm", 4, norm, epsilon=0.01),
         item("prelu", 4, [[[0.25] * 4]]), item("lstm", 3, a, "relu"), item("dense", 3, [k2], ""),
         item("activation", 3, [], "softmax")], 2))

    w = Weights("aida")
    x, a, k, c = w(STEPS, 1, scale=0.5), w.cell(1, 6, 4), w(6, 1), w(1)
    louder = 10 ** (6 / 20) * x
    y = 10 ** (-3.5 / 20) * (louder + keras.dense(keras.lstm(louder, *a), k, c))
    yield Case("aida_skip_gain", x, y, document=document(
        [item("lstm", 6, a), item("dense", 1, [k, c])], in_skip=1, in_gain=6.0, out_gain=-3.5,
        metadata={"name": "a test", "samplerate": 44100, "loss": [0.1, 0.05]}))


def capture_cases():
    def torch_order(weights, gates):
        """Keras's kernels as PyTorch has them: transposed, gates in its order."""
        order = {4: [0, 1, 2, 3], 3: [1, 0, 2]}[gates]
        return [np.concatenate([np.split(a, gates, axis=-1)[g] for g in order], axis=-1).T for a in weights]

    def state(name, weights, gates):
        kernel, recurrent, bias = weights
        both = bias if bias.ndim == 2 else np.stack([bias, np.zeros_like(bias)])
        arrays = torch_order([kernel, recurrent, both[0], both[1]], gates)
        return {f"rec.{role}_{name}": a.tolist() for role, a in zip(("weight_ih", "weight_hh", "bias_ih", "bias_hh"), arrays)}

    w = Weights("guitarml_lstm")
    x, a, b, k, c = w(STEPS, 2, scale=1), w.cell(2, 4, 4), w.cell(4, 4, 4), w(4, 1), w(1)
    y = keras.dense(keras.lstm(keras.lstm(x, *a), *b), k, c) + x[:, :1]
    linear = {"lin.weight": k.T.tolist(), "lin.bias": c.tolist()}
    data = {"model": "SimpleRNN", "input_size": 2, "skip": 1, "output_size": 1, "unit_type": "LSTM", "num_layers": 2,
            "hidden_size": 4, "bias_fl": True}
    yield Case("guitarml_lstm", x, y, document={"model_data": data, "state_dict": {**state("l0", a, 4), **state("l1", b, 4), **linear}})

    w = Weights("guitarml_gru")
    x, a, k, c = w(STEPS, 1, scale=1), w.cell(1, 5, 3, rows=2), w(5, 1), w(1)
    data = {**data, "input_size": 1, "skip": 0, "unit_type": "GRU", "num_layers": 1, "hidden_size": 5}
    yield Case("guitarml_gru", x, keras.dense(keras.gru(x, *a), k, c),
               document={"model_data": data, "state_dict": {**state("l0", a, 3), "lin.weight": k.T.tolist(), "lin.bias": c.tolist()}})
