// RNN, GRU and LSTM in double precision, as the operators' text in the ONNX specification has them, to see where ONNX
// Runtime differs. What the text leaves open is taken as ONNX Runtime does it, and said so in README.md.

/** Default alpha and beta as the specification has them: those of the operators of the same names. */
export const specified = {
  affine: [1, 0], relu: [], leakyrelu: [0.01], thresholdedrelu: [1], tanh: [], scaledtanh: [1, 1], sigmoid: [],
  hardsigmoid: [0.2, 0.5], elu: [1], softsign: [], softplus: [],
};

/** The same as ONNX Runtime has them, found by comparing: three differ. */
const onnxRuntime = { ...specified, affine: [0, 0], thresholdedrelu: [0], scaledtanh: [0, 0] };

const takesBeta = new Set(['affine', 'scaledtanh', 'hardsigmoid']);

const functions = {
  affine: (a, [alpha, beta]) => alpha * a + beta,
  relu: (a) => Math.max(0, a),
  leakyrelu: (a, [alpha]) => (a < 0 ? alpha * a : a),
  thresholdedrelu: (a, [alpha]) => (a >= alpha ? a : 0),
  tanh: (a) => Math.tanh(a),
  scaledtanh: (a, [alpha, beta]) => alpha * Math.tanh(beta * a),
  sigmoid: (a) => 1 / (1 + Math.exp(-a)),
  hardsigmoid: (a, [alpha, beta]) => Math.min(1, Math.max(0, alpha * a + beta)),
  elu: (a, [alpha]) => (a < 0 ? alpha * Math.expm1(a) : a),
  softsign: (a) => a / (1 + Math.abs(a)),
  softplus: (a) => Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a))),
};

/** The activations of a node, given alphas and betas dealt out in order to those that take one. */
function activationsOf({ op, attributes }, directions, defaults) {
  const usual = { RNN: ['Tanh'], GRU: ['Sigmoid', 'Tanh'], LSTM: ['Sigmoid', 'Tanh', 'Tanh'] }[op];
  const names = attributes.activations ?? Array(directions).fill(usual).flat();
  const alphas = [...(attributes.activation_alpha ?? [])];
  const betas = [...(attributes.activation_beta ?? [])];
  return names.map((name) => {
    const kind = name.toLowerCase();
    const parameters = [...defaults[kind]];
    if (parameters.length > 0 && alphas.length > 0) {
      parameters[0] = Math.fround(alphas.shift());
    }

    if (takesBeta.has(kind) && betas.length > 0) {
      parameters[1] = Math.fround(betas.shift());
    }

    return (a) => functions[kind](a, parameters);
  });
}

/** One direction of a node: its weights by gate, what it starts from, and its activations. */
class Cell {
  constructor(testCase, direction, activations) {
    const { op, attributes } = testCase;
    const [x, w, r, b, , h, c, p] = testCase.inputs;
    this.op = op;
    this.size = attributes.hidden_size;
    this.features = x.dims[2];
    this.gates = { RNN: 1, GRU: 3, LSTM: 4 }[op];
    this.activations = activations;
    this.clip = attributes.clip ?? Infinity;
    this.linearBeforeReset = (attributes.linear_before_reset ?? 0) !== 0;
    this.inputForget = (attributes.input_forget ?? 0) !== 0;
    const rows = this.gates * this.size;
    const part = (tensor, length) => (tensor ? tensor.data.slice(direction * length, (direction + 1) * length) : null);
    this.w = part(w, rows * this.features);
    this.r = part(r, rows * this.size);
    this.b = part(b, 2 * rows);
    this.p = part(p, 3 * this.size);
    const batch = x.dims[1];
    this.h = part(h, batch * this.size);
    this.c = part(c, batch * this.size);
  }

  clipped(a) {
    return Math.min(this.clip, Math.max(-this.clip, a));
  }

  initial(state, row) {
    return state ? state.slice(row * this.size, (row + 1) * this.size) : Array(this.size).fill(0);
  }

  /** Gate `g` of all units: what comes from the input, and what comes from the state, each with its bias. */
  product(g, vector, weights, biasOffset) {
    return Array.from({ length: this.size }, (_, j) => {
      const row = g * this.size + j;
      let sum = this.b ? this.b[biasOffset + row] : 0;
      vector.forEach((value, k) => { sum += value * weights[row * vector.length + k]; });
      return sum;
    });
  }

  input(g, x) {
    return this.product(g, x, this.w, 0);
  }

  state(g, h) {
    return this.product(g, h, this.r, this.gates * this.size);
  }

  gate(g, x, h, activation, more = () => 0) {
    const fromState = this.state(g, h);
    return this.input(g, x).map((value, j) => activation(this.clipped(value + fromState[j] + more(j))));
  }

  step(x, { h, c }) {
    return this[this.op](x, h, c);
  }

  RNN(x, h) {
    return { h: this.gate(0, x, h, this.activations[0]) };
  }

  GRU(x, h) {
    const [f, g] = this.activations;
    const z = this.gate(0, x, h, f);
    const r = this.gate(1, x, h, f);
    const fromState = this.linearBeforeReset
      ? this.state(2, h).map((value, j) => r[j] * value)
      : this.state(2, h.map((value, j) => r[j] * value));
    const n = this.input(2, x).map((value, j) => g(this.clipped(value + fromState[j])));
    return { h: h.map((value, j) => (1 - z[j]) * n[j] + z[j] * value) };
  }

  LSTM(x, h, c) {
    const [f, g, out] = this.activations;
    const peephole = (k, cell) => (j) => (this.p ? this.p[k * this.size + j] * cell[j] : 0);
    const i = this.gate(0, x, h, f, peephole(0, c));
    const forget = this.inputForget ? i.map((value) => 1 - value) : this.gate(2, x, h, f, peephole(2, c));
    const candidate = this.gate(3, x, h, g);
    const cell = c.map((value, j) => forget[j] * value + i[j] * candidate[j]);
    const o = this.gate(1, x, h, f, peephole(1, cell));
    return { h: o.map((value, j) => value * out(cell[j])), c: cell };
  }
}

/** The outputs Y, Y_h and (LSTM) Y_c of a case as flat arrays of doubles. Layout 0 only, as in ONNX Runtime. */
export function compute(testCase, defaults = onnxRuntime) {
  const { op, attributes, inputs } = testCase;
  const [steps, batch, features] = inputs[0].dims;
  const direction = attributes.direction ?? 'forward';
  const directions = direction === 'bidirectional' ? 2 : 1;
  const size = attributes.hidden_size;
  const activations = activationsOf(testCase, directions, defaults);
  const perDirection = activations.length / directions;
  const y = Array(steps * directions * batch * size).fill(0);
  const finalH = [];
  const finalC = [];
  for (let d = 0; d < directions; d++) {
    const cell = new Cell(testCase, d, activations.slice(d * perDirection, (d + 1) * perDirection));
    for (let row = 0; row < batch; row++) {
      const length = inputs[4]?.data[row] ?? steps;
      let state = { h: cell.initial(cell.h, row), c: cell.initial(cell.c, row) };
      for (let k = 0; k < length; k++) {
        const t = d === 1 || direction === 'reverse' ? length - 1 - k : k;
        const begin = (t * batch + row) * features;
        state = cell.step(inputs[0].data.slice(begin, begin + features), state);
        state.h.forEach((value, j) => { y[((t * directions + d) * batch + row) * size + j] = value; });
      }

      const empty = Array(size).fill(0);
      finalH.push(...(length === 0 ? empty : state.h));
      finalC.push(...(length === 0 ? empty : state.c ?? []));
    }
  }

  return op === 'LSTM' ? [y, finalH, finalC] : [y, finalH];
}
