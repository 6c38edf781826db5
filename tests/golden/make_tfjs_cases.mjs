// Writes tfjs/: layers models of TensorFlow.js, which computes what Keras computes, with inputs and the outputs that it gives.
// case.json is as docs/import.md has it. Weights are random, ours, and the same in every run.
//
//     npm install --prefix SOMEWHERE @tensorflow/tfjs@4.22.0
//     NODE_PATH=SOMEWHERE/node_modules node make_tfjs_cases.mjs [CASE...]
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

const tf = createRequire(import.meta.url)("@tensorflow/tfjs");
const FOLDER = path.join(path.dirname(fileURLToPath(import.meta.url)), "tfjs");
const SEQUENCE = "batch, time, features";
const BATCH = 3;
const layers = tf.layers;

// Every case has numbers of its own, so that adding one leaves the others as they are.
class Numbers {
  constructor(name) {
    this.state = [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 7);
  }

  next() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  tensor(shape, low = -1, high = 1) {
    const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => low + (high - low) * this.next());
    return tf.tensor(values, shape);
  }
}

function writeNpy(file, tensor, dtype) {
  const isInteger = dtype === "int32";
  const shape = tensor.shape.length === 1 ? `${tensor.shape[0]},` : tensor.shape.join(", ");
  let header = `{'descr': '${isInteger ? "<i4" : "<f4"}', 'fortran_order': False, 'shape': (${shape}), }`;
  header = header.padEnd(Math.ceil((header.length + 11) / 64) * 64 - 11) + "\n";
  const begin = Buffer.from([0x93, ...Buffer.from("NUMPY"), 1, 0, header.length & 255, header.length >> 8]);
  const values = isInteger ? Int32Array.from(tensor.dataSync()) : Float32Array.from(tensor.dataSync());
  fs.writeFileSync(file, Buffer.concat([begin, Buffer.from(header, "latin1"), Buffer.from(values.buffer)]));
}

async function save(model, folder, numbers) {
  model.setWeights(model.weights.map((weight) =>
    numbers.tensor(weight.shape, weight.name.includes("variance") ? 0.25 : -0.7, weight.name.includes("variance") ? 1.5 : 0.7)));
  await model.save(tf.io.withSaveHandler(async (artifacts) => {
    const manifest = [{ paths: ["weights.bin"], weights: artifacts.weightSpecs }];
    const document = {
      format: "layers-model", generatedBy: `TensorFlow.js tfjs-layers v${tf.version.layers ?? tf.version["tfjs-layers"]}`, convertedBy: null,
      modelTopology: artifacts.modelTopology, weightsManifest: manifest,
    };
    fs.writeFileSync(path.join(folder, "model.json"), JSON.stringify(document) + "\n");
    fs.writeFileSync(path.join(folder, "weights.bin"), Buffer.from(artifacts.weightData));
    return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
  }));
}

/** A model with inputs: a shape without the batch, { ids: steps, below: count }, { index: count } for one of a row, or
 * { asRow: shape } for one that a model here takes as a row. */
async function write(name, model, inputs, more = {}) {
  const numbers = new Numbers(name);
  const folder = path.join(FOLDER, name);
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  await save(model, folder, numbers);
  const entry = { model: "model.json" };
  if (more.refused) {
    entry.refused = more.refused;
  } else {
    const tensors = inputs.map((input) => input.tensor?.(numbers) ?? (input.asRow
      ? numbers.tensor([BATCH, ...input.asRow])
      : input.index
      ? tf.tensor(Float32Array.from({ length: BATCH }, () => Math.floor(numbers.next() * input.index)), [BATCH, 1])
      : input.ids
      ? tf.tensor(Int32Array.from({ length: BATCH * input.ids }, () => Math.floor(numbers.next() * input.below)), [BATCH, input.ids], "int32")
      : numbers.tensor([BATCH, ...input])));
    const found = [model.predict(tensors.length === 1 ? tensors[0] : tensors)].flat();
    const inputNames = tensors.length === 1 ? ["x"] : model.inputNames;
    const outputNames = found.length === 1 ? ["y"] : model.outputNames;
    // Rows of a step are side by side in a model here.
    inputs.forEach((input, i) => { tensors[i] = input.asRow ? tensors[i].reshape([BATCH, -1]) : input.steps ? tensors[i].reshape([BATCH, input.steps, -1]) : input.rows ? tensors[i].reshape([...tensors[i].shape.slice(0, 2), -1]) : tensors[i]; });
    entry.axes = Object.fromEntries(tensors.map((tensor, i) => [inputNames[i],
      tensor.dtype === "int32" ? "batch, time" : tensor.shape.length === 3 ? SEQUENCE : "batch, features"]));
    tensors.forEach((tensor, i) => writeNpy(path.join(folder, `in.${inputNames[i]}.npy`), tensor, tensor.dtype));
    found.forEach((tensor, i) => writeNpy(path.join(folder, `out.${outputNames[i]}.npy`), tensor, "float32"));
    entry.inputs = Object.fromEntries(inputNames.map((one) => [one, `in.${one}.npy`]));
    entry.outputs = Object.fromEntries(outputNames.map((one) => [one, `out.${one}.npy`]));
    entry.tolerance = more.tolerance ?? 2e-6;
  }

  fs.writeFileSync(path.join(folder, "case.json"), JSON.stringify(entry, null, 1) + "\n");
}

function chain(shape, ...parts) {
  const model = tf.sequential();
  parts.forEach((part, i) => model.add(i === 0 && shape ? part(shape) : part()));
  return model;
}

const first = (make, config) => (shape) => make({ ...config, ...(shape ? { inputShape: shape } : {}) });
const L = Object.fromEntries(["conv1d", "lstm", "gru", "simpleRNN", "dense", "maxPooling1d", "averagePooling1d", "globalAveragePooling1d",
  "globalMaxPooling1d", "layerNormalization", "batchNormalization", "flatten", "reshape", "repeatVector", "masking", "embedding",
  "dropout", "activation", "timeDistributed", "bidirectional", "leakyReLU", "softmax", "spatialDropout1d", "rescaling"]
  .filter((kind) => layers[kind]).map((kind) => [kind, (config = {}) => first(layers[kind], config)]));
const cell = (kind, units, more = {}) => layers[kind]({ units, returnSequences: true, ...more });

const masked = (numbers) => numbers.tensor([BATCH, 5, 3]).mul(tf.tensor([[0, 1, 1, 0, 1], [1, 1, 1, 0, 0], [1, 0, 1, 0, 1]], [BATCH, 5]).expandDims(2));

const CASES = {
  "conv-valid-same": () => write("conv-valid-same", chain([9, 3],
    L.conv1d({ filters: 4, kernelSize: 3, activation: "relu" }), L.conv1d({ filters: 5, kernelSize: 4, padding: "same", activation: "tanh" }),
    L.conv1d({ filters: 3, kernelSize: 2, dilationRate: 3, useBias: false }), L.lstm({ units: 3, returnSequences: true }),
    L.dense({ units: 2 })), [[9, 3]]),
  "conv-free-steps": () => write("conv-free-steps", chain([null, 3],
    L.conv1d({ filters: 4, kernelSize: 5, padding: "same", dilationRate: 2 }), L.maxPooling1d({ poolSize: 2, padding: "same" }),
    L.conv1d({ filters: 3, kernelSize: 4, strides: 2, padding: "same", activation: "softmax" }), L.gru({ units: 3, resetAfter: false })), [[11, 3]]),
  "conv-strides": () => write("conv-strides", chain([10, 2],
    L.conv1d({ filters: 4, kernelSize: 3, strides: 2, padding: "same", activation: "elu" }),
    L.conv1d({ filters: 4, kernelSize: 2, strides: 3 }), L.dense({ units: 2 })), [[10, 2]]),
  "max-pooling": () => write("max-pooling", chain([13, 3],
    L.maxPooling1d({ poolSize: 3, strides: 2 }), L.maxPooling1d({ poolSize: 3, strides: 2, padding: "same" }),
    L.lstm({ units: 3, returnSequences: true }), L.maxPooling1d({}), L.dense({ units: 2 })), [[13, 3]]),
  "average-pooling": () => write("average-pooling", chain([13, 3],
    L.averagePooling1d({ poolSize: 4, strides: 1, padding: "same" }), L.averagePooling1d({ poolSize: 3, padding: "same" }),
    L.simpleRNN({ units: 3, returnSequences: true }), L.averagePooling1d({ poolSize: 2 }), L.dense({ units: 2 })), [[13, 3]]),
  "global-average": () => write("global-average", chain([null, 3],
    L.lstm({ units: 4, returnSequences: true }), L.dropout({ rate: 0.3 }), L.globalAveragePooling1d(), L.dense({ units: 3, activation: "softmax" })), [[7, 3]]),
  "global-max": () => write("global-max", chain([8, 3],
    L.conv1d({ filters: 4, kernelSize: 3, activation: "relu" }), L.globalMaxPooling1d(), L.dense({ units: 2 })), [[8, 3]]),
  "layer-normalization": () => write("layer-normalization", chain([6, 5],
    L.layerNormalization({ epsilon: 1e-3 }), L.lstm({ units: 17, returnSequences: true }), L.layerNormalization({ center: false, epsilon: 0.01 }),
    L.dense({ units: 4 }), L.layerNormalization({ scale: false, axis: 2 }), L.lstm({ units: 3 }), L.layerNormalization({ axis: [1] }), L.dense({ units: 2 })),
    [[6, 5]], { tolerance: 5e-6 }),
  "flatten-dense": () => write("flatten-dense", chain([6, 3],
    L.lstm({ units: 4, returnSequences: true }), L.flatten(), L.dense({ units: 5, activation: "relu" }), L.dense({ units: 2 })), [[6, 3]]),
  "reshape": () => write("reshape", chain([6, 4],
    L.reshape({ targetShape: [6, 4] }), L.reshape({ targetShape: [3, 8] }), L.simpleRNN({ units: 6, returnSequences: true }),
    L.reshape({ targetShape: [18] }), L.dense({ units: 10 }), L.reshape({ targetShape: [5, 2] }), L.gru({ units: 3, returnSequences: true, resetAfter: false })), [[6, 4]]),
  "autoencoder": () => write("autoencoder", chain([6, 3],
    L.lstm({ units: 4 }), L.repeatVector({ n: 6 }), L.lstm({ units: 4, returnSequences: true }),
    L.timeDistributed({ layer: layers.dense({ units: 3 }) })), [[6, 3]]),
  "larger-smaller": () => {
    const x = tf.input({ shape: [6, 3], name: "x" });
    const [a, b, c] = ["a", "b", "c"].map((name) => layers.dense({ units: 4, name }).apply(x));
    const larger = layers.maximum({ name: "larger" }).apply([a, b, c]);
    const state = layers.lstm({ units: 4 }).apply(layers.minimum({ name: "smaller" }).apply([larger, b]));
    return write("larger-smaller", tf.model({ inputs: x, outputs: [larger, state] }), [[6, 3]]);
  },
  "hidden-state-backwards": () => {
    const x = tf.input({ shape: [6, 3], name: "x" });
    const [steps, hidden] = layers.lstm({ units: 4, returnSequences: true, returnState: true, goBackwards: true }).apply(x);
    const y = layers.gru({ units: 3, resetAfter: false }).apply(steps);
    return write("hidden-state-backwards", tf.model({ inputs: x, outputs: layers.dense({ units: 2 }).apply(layers.concatenate().apply([y, hidden])) }), [[6, 3]]);
  },
  "steps-of-a-row": () => {
    const x = tf.input({ shape: [12], name: "x" });
    const y = layers.lstm({ units: 4 }).apply(layers.reshape({ targetShape: [6, 2] }).apply(x));
    return write("steps-of-a-row", tf.model({ inputs: x, outputs: layers.dense({ units: 2 }).apply(y) }),
      [{ steps: 6, tensor: (numbers) => numbers.tensor([BATCH, 12]) }]);
  },
  "repeated-row": () => {
    const [x, row] = [tf.input({ shape: [6, 3], name: "x" }), tf.input({ shape: [2], name: "row" })];
    const joined = layers.concatenate().apply([x, layers.repeatVector({ n: 6 }).apply(row)]);
    const y = layers.lstm({ units: 4 }).apply(joined);
    return write("repeated-row", tf.model({ inputs: [x, row], outputs: y }), [[6, 3], [2]]);
  },
  "attention-of-blogs": () => {
    const x = tf.input({ shape: [6, 3], name: "x" });
    const y = layers.lstm({ units: 4, returnSequences: true }).apply(x);
    const scores = layers.flatten().apply(layers.dense({ units: 1, activation: "tanh" }).apply(y));
    const weights = layers.permute({ dims: [2, 1] }).apply(layers.repeatVector({ n: 4 }).apply(layers.activation({ activation: "softmax" }).apply(scores)));
    const z = layers.globalAveragePooling1d().apply(layers.multiply().apply([y, weights]));
    return write("attention-of-blogs", tf.model({ inputs: x, outputs: layers.dense({ units: 2 }).apply(z) }), [[6, 3]]);
  },
  "row-at-every-step": () => {
    const x = tf.input({ shape: [8, 3], name: "x" });
    const y = layers.conv1d({ filters: 4, kernelSize: 3, padding: "same" }).apply(x);
    const gate = layers.dense({ units: 4, activation: "sigmoid" }).apply(layers.globalAveragePooling1d().apply(y));
    const gated = layers.multiply().apply([y, layers.reshape({ targetShape: [1, 4] }).apply(gate)]);
    const pooled = layers.maxPooling1d({ poolSize: 2 }).apply(gated);
    const one = layers.dense({ units: 1 }).apply(pooled);
    const added = layers.add().apply([layers.multiply().apply([pooled, one]), layers.reshape({ targetShape: [1, 4] }).apply(gate)]);
    return write("row-at-every-step", tf.model({ inputs: x, outputs: [gated, added] }), [[8, 3]]);
  },
  "refused-mask-of-index": () => {
    const [x, store] = [tf.input({ shape: [6, 3], name: "x" }), tf.input({ shape: [1], name: "store", dtype: "int32" })];
    const table = layers.embedding({ inputDim: 5, outputDim: 2, maskZero: true }).apply(store);
    const y = layers.concatenate().apply([layers.lstm({ units: 4 }).apply(x), layers.lstm({ units: 2 }).apply(table)]);
    return write("refused-mask-of-index", tf.model({ inputs: [x, store], outputs: y }), [], { refused: "mask_zero is not supported where there is one index" });
  },
  "other-steps": () => {
    const [x, z] = [tf.input({ shape: [6, 3], name: "x" }), tf.input({ shape: [4, 3], name: "z" })];
    const y = layers.concatenate().apply([layers.lstm({ units: 4 }).apply(x), layers.lstm({ units: 4 }).apply(z)]);
    return write("other-steps", tf.model({ inputs: [x, z], outputs: y }), [[6, 3], { asRow: [4, 3] }]);
  },
  "refused-stacked-cells": () => write("refused-stacked-cells", chain([6, 3],
    (inputShape) => layers.rnn({ cell: layers.stackedRNNCells({ cells: [layers.lstmCell({ units: 4 }), layers.gruCell({ units: 3, resetAfter: false })] }), ...{ inputShape } })),
    [], { refused: "the cell 'StackedRNNCells' is not supported" }),
  "directions": () => {
    const x = tf.input({ shape: [7, 3], name: "x" });
    const both = (mode, kind, more = {}) => layers.bidirectional({ layer: cell(kind, 3, more), mergeMode: mode });
    const summed = both("sum", "lstm").apply(x);
    const averaged = both("ave", "gru", { resetAfter: false }).apply(summed);
    const multiplied = both("mul", "simpleRNN").apply(averaged);
    const joined = both("concat", "lstm", { returnSequences: false }).apply(multiplied);
    const once = both("sum", "lstm", { returnSequences: false }).apply(averaged);
    const y = layers.dense({ units: 2 }).apply(layers.concatenate().apply([joined, once]));
    return write("directions", tf.model({ inputs: x, outputs: y }), [[7, 3]]);
  },
  "two-inputs": () => {
    const series = tf.input({ shape: [null, 3], name: "series" });
    const constants = tf.input({ shape: [2], name: "constants" });
    const steps = layers.lstm({ units: 4, returnSequences: true, name: "steps" }).apply(series);
    const mean = layers.globalAveragePooling1d().apply(steps);
    const both = layers.concatenate().apply([mean, layers.dense({ units: 3, activation: "tanh" }).apply(constants)]);
    const head = layers.dense({ units: 2, name: "head" }).apply(layers.batchNormalization().apply(both));
    const forecast = layers.dense({ units: 1, name: "forecast" }).apply(layers.layerNormalization().apply(steps));
    return write("two-inputs", tf.model({ inputs: [series, constants], outputs: [head, forecast] }), [[5, 3], [2]]);
  },
  "called-twice": () => {
    const a = tf.input({ shape: [6, 3], name: "a" });
    const b = tf.input({ shape: [6, 3], name: "b" });
    const front = layers.conv1d({ filters: 4, kernelSize: 2, name: "front" });
    const core = layers.gru({ units: 3, resetAfter: false, name: "core" });
    const states = [a, b].map((x) => core.apply(front.apply(x)));
    const y = layers.dense({ units: 2 }).apply(layers.add().apply([states[0], layers.multiply().apply(states)]));
    return write("called-twice", tf.model({ inputs: [a, b], outputs: y }), [[6, 3], [6, 3]]);
  },
  "branches": () => {
    const x = tf.input({ shape: [8, 4], name: "x" });
    const paths = [1, 2, 3].map((dilationRate) =>
      layers.conv1d({ filters: 3, kernelSize: 3, padding: "same", dilationRate, activation: "relu" }).apply(x));
    const joined = layers.batchNormalization().apply(layers.concatenate().apply(paths));
    const added = layers.add().apply([layers.conv1d({ filters: 9, kernelSize: 1 }).apply(x), joined]);
    const pooled = layers.maxPooling1d({ poolSize: 2 }).apply(added);
    const y = layers.dense({ units: 2 }).apply(layers.lstm({ units: 3 }).apply(pooled));
    return write("branches", tf.model({ inputs: x, outputs: y }), [[8, 4]]);
  },
  "masking": () => write("masking", chain([7, 3],
    L.masking({ maskValue: 0 }), L.lstm({ units: 4, returnSequences: true }), L.layerNormalization(), L.lstm({ units: 3 }), L.dense({ units: 2 })),
    [{ tensor: (numbers) => numbers.tensor([BATCH, 7, 3]).mul(tf.tensor([[0, 1, 1, 0, 1, 1, 1], [1, 1, 1, 1, 0, 0, 0], [1, 0, 1, 0, 1, 0, 1]], [BATCH, 7]).expandDims(2)) }]),
  "embedding": () => write("embedding", chain(null,
    () => layers.embedding({ inputDim: 9, outputDim: 4, inputLength: 6, maskZero: true }), L.gru({ units: 5, resetAfter: false }), L.dense({ units: 9, activation: "softmax" })),
    [{ ids: 6, below: 9 }]),
  "embedding-conv": () => write("embedding-conv", chain(null,
    () => layers.embedding({ inputDim: 9, outputDim: 4, inputLength: 8 }), L.spatialDropout1d ? L.spatialDropout1d({ rate: 0.2 }) : L.dropout({ rate: 0.2 }),
    L.conv1d({ filters: 4, kernelSize: 3, padding: "same", activation: "relu" }), L.maxPooling1d({ poolSize: 2 }), L.flatten(), L.dense({ units: 2 })),
    [{ ids: 8, below: 9 }]),
  "backwards": () => write("backwards", chain([6, 3],
    L.lstm({ units: 4, returnSequences: true, goBackwards: true }), L.conv1d({ filters: 3, kernelSize: 3 }),
    L.simpleRNN({ units: 3, returnSequences: true, goBackwards: true }), L.flatten(), L.dense({ units: 2 })), [[6, 3]]),
  "nested-autoencoder": () => {
    const x = tf.input({ shape: [6, 3], name: "x" });
    const inside = tf.input({ shape: [6, 3], name: "inside" });
    const code = layers.dense({ units: 2, activation: "tanh", name: "code" }).apply(layers.lstm({ units: 4, name: "front" }).apply(inside));
    const encoder = tf.model({ inputs: inside, outputs: code, name: "encoder" });
    const decoder = tf.sequential({ name: "decoder" });
    decoder.add(layers.repeatVector({ n: 6, inputShape: [2] }));
    decoder.add(layers.gru({ units: 4, returnSequences: true, resetAfter: false, name: "back" }));
    decoder.add(layers.batchNormalization({ name: "norm" }));
    decoder.add(layers.timeDistributed({ layer: layers.dense({ units: 3, name: "step" }), name: "steps" }));
    return write("nested-autoencoder", tf.model({ inputs: x, outputs: decoder.apply(encoder.apply(x)) }), [[6, 3]]);
  },
  "nested-first": () => {
    const front = chain([7, 3], L.conv1d({ filters: 4, kernelSize: 3, activation: "relu" }), L.maxPooling1d({ poolSize: 2 }));
    const model = tf.sequential();
    [front, chain([2, 4], L.lstm({ units: 5 }), L.dropout({ rate: 0.5 })), layers.dense({ units: 2, activation: "softmax" })].forEach((part) => model.add(part));
    return write("nested-first", model, [[7, 3]]);
  },
  "nested-twice": () => {
    const [a, b] = ["a", "b"].map((name) => tf.input({ shape: [6, 3], name }));
    const encoder = chain([6, 3], L.bidirectional({ layer: cell("lstm", 3), mergeMode: "concat" }), L.globalMaxPooling1d(), L.dense({ units: 4, activation: "relu" }));
    const codes = [a, b].map((x) => encoder.apply(x));
    const joined = layers.concatenate().apply([...codes, layers.multiply().apply(codes)]);
    return write("nested-twice", tf.model({ inputs: [a, b], outputs: layers.dense({ units: 1, activation: "sigmoid" }).apply(joined) }), [[6, 3], [6, 3]]);
  },
  "nested-deep": () => {
    const x = tf.input({ shape: [5, 3], name: "x" });
    const inner = tf.input({ shape: [5, 3], name: "inner" });
    const core = chain([5, 3], L.simpleRNN({ units: 4, returnSequences: true }), L.dense({ units: 3 }));
    const twice = core.apply(core.apply(inner));
    const middle = tf.model({ inputs: inner, outputs: [layers.add().apply([twice, inner]), layers.globalAveragePooling1d().apply(twice)], name: "middle" });
    const [steps, mean] = middle.apply(x);
    const [again] = middle.apply(steps);
    const y = layers.dense({ units: 2, name: "y" }).apply(layers.concatenate().apply([mean, layers.lstm({ units: 3 }).apply(again)]));
    return write("nested-deep", tf.model({ inputs: x, outputs: [y, mean] }), [[5, 3]]);
  },
  "time-distributed-model": () => write("time-distributed-model", chain([6, 3],
    L.gru({ units: 4, returnSequences: true, resetAfter: false }),
    L.timeDistributed({ layer: chain([4], L.dense({ units: 5, activation: "relu" }), L.layerNormalization(), L.dense({ units: 2 })) }),
    L.timeDistributed({ layer: layers.flatten() }), L.lstm({ units: 3 })), [[6, 3]], { tolerance: 5e-6 }),
  "time-distributed-windows": () => write("time-distributed-windows", chain(null,
    () => layers.timeDistributed({ layer: layers.conv1d({ filters: 4, kernelSize: 3, activation: "relu" }), inputShape: [null, 8, 2] }),
    L.timeDistributed({ layer: layers.conv1d({ filters: 3, kernelSize: 3, padding: "same", activation: "tanh" }) }),
    L.timeDistributed({ layer: layers.maxPooling1d({ poolSize: 2 }) }), L.timeDistributed({ layer: layers.dropout({ rate: 0.2 }) }),
    L.timeDistributed({ layer: layers.flatten() }), L.lstm({ units: 4, activation: "relu" }), L.dense({ units: 1 })),
    [{ tensor: (numbers) => numbers.tensor([BATCH, 5, 8, 2]), rows: true }]),
  "time-distributed-pooling": () => write("time-distributed-pooling", chain(null,
    () => layers.timeDistributed({ layer: layers.conv1d({ filters: 4, kernelSize: 4, strides: 2, padding: "same", useBias: false }), inputShape: [4, 7, 2] }),
    L.timeDistributed({ layer: layers.activation({ activation: "elu" }) }),
    L.timeDistributed({ layer: layers.averagePooling1d({ poolSize: 3, strides: 1, padding: "same" }) }),
    L.timeDistributed({ layer: layers.globalAveragePooling1d() }), L.gru({ units: 3, returnSequences: true, resetAfter: false }), L.flatten(), L.dense({ units: 2 })),
    [{ tensor: (numbers) => numbers.tensor([BATCH, 4, 7, 2]), rows: true }]),
  "refused-rows-of-steps": () => write("refused-rows-of-steps", chain(null,
    () => layers.timeDistributed({ layer: layers.conv1d({ filters: 4, kernelSize: 3 }), inputShape: [null, 8, 2] }), L.reshape({ targetShape: [-1, 24] }), L.lstm({ units: 4 })), [],
    { refused: "Reshape of [steps, 6, features]" }),
  "permute": () => write("permute", chain([7, 3],
    () => layers.permute({ dims: [2, 1], inputShape: [7, 3] }), L.simpleRNN({ units: 5, returnSequences: true }),
    () => layers.permute({ dims: [2, 1] }), () => layers.permute({ dims: [1, 2] }), L.conv1d({ filters: 4, kernelSize: 2 }), L.flatten(), L.dense({ units: 2 })), [[7, 3]]),
  "permute-one-step": () => {
    const x = tf.input({ shape: [1, 12], name: "x" });
    const steps = layers.conv1d({ filters: 3, kernelSize: 4, padding: "same", activation: "relu" }).apply(layers.permute({ dims: [2, 1] }).apply(x));
    const both = layers.concatenate().apply([layers.lstm({ units: 4 }).apply(x), layers.globalAveragePooling1d().apply(layers.batchNormalization().apply(steps))]);
    return write("permute-one-step", tf.model({ inputs: x, outputs: layers.dense({ units: 3, activation: "softmax" }).apply(both) }), [[1, 12]]);
  },
  "gelu": () => write("gelu", chain([6, 3],
    L.dense({ units: 8, activation: "gelu" }), L.lstm({ units: 4, returnSequences: true }), L.activation({ activation: "gelu" }),
    L.conv1d({ filters: 5, kernelSize: 2, activation: "gelu" }), L.dense({ units: 2 })), [[6, 3]]),
  "functions": () => write("functions", chain([6, 3],
    L.dense({ units: 5, activation: "swish" }), L.simpleRNN({ units: 4, returnSequences: true, activation: "softplus" }),
    L.gru({ units: 4, returnSequences: true, resetAfter: false, activation: "softsign", recurrentActivation: "hardSigmoid" }),
    L.dense({ units: 5, activation: "mish" }), L.activation({ activation: "selu" }), L.dense({ units: 4, activation: "relu6" }),
    L.dense({ units: 3, activation: "logSoftmax" })), [[6, 3]], { tolerance: 5e-6 }),
  "slopes": () => write("slopes", chain([6, 3],
    L.dense({ units: 4 }), () => layers.prelu({ sharedAxes: [1] }), L.lstm({ units: 5 }), L.dense({ units: 4 }), () => layers.prelu({}), L.dense({ units: 2 })), [[6, 3]]),
  "hidden-state": () => {
    const x = tf.input({ shape: [6, 3], name: "x" });
    const [steps, h] = layers.lstm({ units: 4, returnSequences: true, returnState: true, name: "core" }).apply(x);
    const [, last] = layers.gru({ units: 3, returnState: true, resetAfter: false }).apply(steps);
    const joined = layers.concatenate().apply([layers.globalAveragePooling1d().apply(steps), h, last]);
    return write("hidden-state", tf.model({ inputs: x, outputs: layers.dense({ units: 2 }).apply(joined) }), [[6, 3]]);
  },
  "masking-heads": () => {
    const x = tf.input({ shape: [5, 3], name: "x" });
    const steps = layers.lstm({ units: 4, returnSequences: true }).apply(layers.masking({ maskValue: 0 }).apply(x));
    const rows = [layers.gru({ units: 3, resetAfter: false }).apply(steps), layers.simpleRNN({ units: 3 }).apply(steps)];
    return write("masking-heads", tf.model({ inputs: x, outputs: layers.dense({ units: 2 }).apply(layers.add().apply(rows)) }), [{ tensor: masked }]);
  },
  "refused-masking-repeat": () => write("refused-masking-repeat", chain([5, 3],
    L.masking({ maskValue: 0 }), L.lstm({ units: 4 }), L.repeatVector({ n: 5 }), L.lstm({ units: 4, returnSequences: true })), [],
    { refused: "RepeatVector in a model with a mask" }),
  "decoder": () => {
    const [a, b] = ["a", "b"].map((name) => tf.input({ shape: [6, 3], name }));
    const [, h, c] = layers.lstm({ units: 4, returnState: true, name: "encoder" }).apply(a);
    const [steps, , last] = layers.lstm({ units: 4, returnSequences: true, returnState: true, name: "decoder" }).apply(b, { initialState: [h, c] });
    const rows = layers.concatenate().apply([layers.globalMaxPooling1d().apply(steps), last]);
    return write("decoder", tf.model({ inputs: [a, b], outputs: [layers.dense({ units: 2, name: "steps" }).apply(steps), layers.dense({ units: 3, name: "rows" }).apply(rows)] }),
      [[6, 3], [6, 3]]);
  },
  "decoder-repeat": () => {
    const x = tf.input({ shape: [7, 3], name: "x" });
    const [, h, c] = layers.lstm({ units: 4, returnState: true, name: "encoder" }).apply(x);
    const steps = layers.lstm({ units: 4, returnSequences: true, name: "decoder" }).apply(layers.repeatVector({ n: 4 }).apply(h), { initialState: [h, c] });
    return write("decoder-repeat", tf.model({ inputs: x, outputs: layers.timeDistributed({ layer: layers.dense({ units: 1 }) }).apply(steps) }), [[7, 3]]);
  },
  "decoder-of-both": () => {
    const x = tf.input({ shape: [null, 3], name: "x" });
    const [, fh, fc, bh, bc] = layers.bidirectional({ layer: layers.lstm({ units: 3, returnState: true, returnSequences: true }), mergeMode: "concat", name: "encoder" }).apply(x);
    const [h, c] = [layers.concatenate().apply([fh, bh]), layers.concatenate().apply([fc, bc])];
    const first = layers.lstm({ units: 6, returnSequences: true, name: "first" }).apply(layers.repeatVector({ n: 5 }).apply(c), { initialState: [h, c] });
    const second = layers.bidirectional({ layer: layers.lstm({ units: 3, returnSequences: true }), mergeMode: "sum", name: "second" }).apply(first, { initialState: [fh, fc, bh, bc] });
    return write("decoder-of-both", tf.model({ inputs: x, outputs: layers.dense({ units: 2 }).apply(second) }), [[8, 3]]);
  },
  "decoder-other-steps": () => {
    const [a, b] = [tf.input({ shape: [9, 2], name: "past" }), tf.input({ shape: [4, 3], name: "future" })];
    const [, h] = layers.gru({ units: 5, returnState: true, resetAfter: false, name: "encoder" }).apply(a);
    const steps = layers.gru({ units: 5, returnSequences: true, resetAfter: false, name: "decoder" }).apply(b, { initialState: [h] });
    const back = layers.simpleRNN({ units: 5, returnSequences: true, goBackwards: true, name: "back" }).apply(steps, { initialState: [layers.dense({ units: 5 }).apply(h)] });
    return write("decoder-other-steps", tf.model({ inputs: [a, b], outputs: layers.dense({ units: 2 }).apply(back) }), [[9, 2], { asRow: [4, 3] }]);
  },
  "cell-state": () => {
    const x = tf.input({ shape: [6, 3], name: "x" });
    const [, , c] = layers.lstm({ units: 4, returnState: true, name: "core" }).apply(x);
    return write("cell-state", tf.model({ inputs: x, outputs: layers.dense({ units: 2 }).apply(c) }), [[6, 3]]);
  },
  "one-index": () => {
    const [x, store, day] = [tf.input({ shape: [6, 3], name: "sales" }), tf.input({ shape: [1], name: "store" }), tf.input({ shape: [1], name: "day" })];
    const ofStore = layers.flatten().apply(layers.embedding({ inputDim: 11, outputDim: 4 }).apply(store));
    const ofDay = layers.reshape({ targetShape: [2] }).apply(layers.embedding({ inputDim: 7, outputDim: 2 }).apply(day));
    const steps = layers.concatenate().apply([x, layers.repeatVector({ n: 6 }).apply(ofStore)]);
    const row = layers.concatenate().apply([layers.lstm({ units: 4 }).apply(steps), ofDay]);
    return write("one-index", tf.model({ inputs: [x, store, day], outputs: layers.dense({ units: 2 }).apply(row) }),
      [[6, 3], { index: 11 }, { index: 7 }]);
  },
  "refused-model-of-steps": () => write("refused-model-of-steps", chain([4, 6],
    L.timeDistributed({ layer: chain([6], L.dense({ units: 4 }), L.repeatVector({ n: 2 }), L.flatten()) }), L.lstm({ units: 2 })), [],
    { refused: "RepeatVector inside of TimeDistributed" }),
  "refused-mask-mean": () => write("refused-mask-mean", chain([7, 3],
    L.masking({ maskValue: 0 }), L.lstm({ units: 4, returnSequences: true }), L.globalAveragePooling1d(), L.dense({ units: 2 })), [], { refused: "mask" }),
};

await tf.setBackend("cpu");
const wanted = process.argv.slice(2);
for (const [name, make] of Object.entries(CASES)) {
  if (wanted.length === 0 || wanted.includes(name)) {
    await make();
    console.log(name);
  }
}
