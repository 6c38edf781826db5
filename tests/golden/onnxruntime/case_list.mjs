// The cases: what the operator tests of ONNX Runtime leave out, above all clips that bind, input_forget, and
// activations other than sigmoid and tanh.

import { makeCase, usual } from './case_tools.mjs';

const directions = ['forward', 'reverse', 'bidirectional'];
const resets = (op) => (op === 'GRU' ? [0, 1] : [undefined]);
const withReset = (reset) => (reset === undefined ? {} : { linear_before_reset: reset });
const nameOf = (...parts) => parts.filter((part) => part !== undefined && part !== '').join('_');

function plain(op) {
  return [
    makeCase(op, 'opset_7', {}, { opset: 7 }),
    makeCase(op, 'opset_22', { direction: 'bidirectional' }, { opset: 22, lengths: [3, 4, 0] }),
    makeCase(op, 'only_W_and_R', {}, { bias: false, initial: '' }),
    makeCase(op, 'one_step', { direction: 'bidirectional' }, { steps: 1 }),
    makeCase(op, 'one_row_one_unit', {}, { batch: 1, hidden: 1, features: 1 }),
    makeCase(op, 'wide', { direction: 'bidirectional' },
      { hidden: 17, features: 5, batch: 5, steps: 3, lengths: [3, 0, 2, 3, 1] }),
    makeCase(op, 'only_Y', {}, { outputs: ['Y'] }),
    makeCase(op, 'only_Y_h', { direction: 'reverse' }, { outputs: ['Y_h'] }),
  ];
}

function lengths(op) {
  const ragged = [[4, 0, 2], [2, 3, 1], [0, 0, 0], [2, 2, 2]];
  return directions.flatMap((direction) => ragged.flatMap((rows) => resets(op).map((reset) =>
    makeCase(op, nameOf('lengths', rows.join('_'), direction, reset), { direction, ...withReset(reset) },
      { lengths: rows }))));
}

function clips(op) {
  return directions.flatMap((direction) => resets(op).flatMap((reset) => [
    ...[0.125, 0.5, 1].map((clip) =>
      makeCase(op, nameOf('clip', clip, direction, reset), { clip, direction, ...withReset(reset) })),
    makeCase(op, nameOf('clip_without_bias', direction, reset), { clip: 0.5, direction, ...withReset(reset) },
      { bias: false, initial: '' }),
    makeCase(op, nameOf('clip_with_lengths', direction, reset), { clip: 0.5, direction, ...withReset(reset) },
      { lengths: [3, 0, 4] }),
    makeCase(op, nameOf('clip_relu_candidate', direction, reset),
      { clip: 0.75, direction, ...withReset(reset), activations: reluCandidates(op, direction) }),
  ]));
}

function reluCandidates(op, direction) {
  const one = op === 'RNN' ? ['Relu'] : [usual[op][0], 'Relu', ...usual[op].slice(2)];
  return direction === 'bidirectional' ? [...one, ...one] : one;
}

// Slopes, thresholds and offsets that matter: both sides of every function are reached. `defaulted` by ONNX Runtime.
const activations = {
  Affine: { alpha: 0.375, beta: 0.25 },
  Relu: {},
  LeakyRelu: { alpha: 0.25 },
  ThresholdedRelu: { alpha: 0.375 },
  Tanh: {},
  ScaledTanh: { alpha: 0.75, beta: 0.5 },
  Sigmoid: {},
  HardSigmoid: { alpha: 0.375, beta: 0.25 },
  Elu: { alpha: 0.5 },
  Softsign: {},
  Softplus: {},
};

function activationOfRole(op, role, kind) {
  const names = usual[op].map((name, index) => (index === role ? kind : name));
  const { alpha, beta } = activations[kind];
  const given = {
    ...(alpha === undefined ? {} : { activation_alpha: [alpha] }),
    ...(beta === undefined ? {} : { activation_beta: [beta] }),
  };
  const name = nameOf('fgh'[role], kind);
  const cases = resets(op).map((reset) => makeCase(
    op,
    nameOf(name, alpha === undefined ? '' : 'given', reset),
    { activations: names, ...given, ...withReset(reset) }));
  return alpha === undefined
    ? cases
    : [...cases, makeCase(op, nameOf(name, 'defaulted'), { activations: names })];
}

function activationsByRole(op) {
  return usual[op].flatMap((_, role) => Object.keys(activations).flatMap((kind) => activationOfRole(op, role, kind)));
}

function activationsTogether(op) {
  const pairs = {
    RNN: [['Affine'], ['Elu']],
    GRU: [['HardSigmoid', 'ScaledTanh'], ['Sigmoid', 'LeakyRelu']],
    LSTM: [['HardSigmoid', 'ScaledTanh', 'Elu'], ['Sigmoid', 'Affine', 'LeakyRelu']],
  };
  const [forward, reverse] = pairs[op];
  const alphas = { RNN: [0.5, 0.75], GRU: [0.25, 1.5, 0.125], LSTM: [0.25, 1.5, 0.5, 0.75, 0.125] }[op];
  const betas = { RNN: [0.125], GRU: [0.375, 0.75], LSTM: [0.375, 0.75, 0.0625] }[op];
  const both = { direction: 'bidirectional', activations: [...forward, ...reverse] };
  const given = { activation_alpha: alphas, activation_beta: betas };
  return [
    makeCase(op, 'directions_differ', { ...both, ...given }),
    makeCase(op, 'directions_differ_clip_lengths', { ...both, ...given, clip: 0.5 }, { lengths: [4, 0, 3] }),
    makeCase(op, 'more_alphas_than_used',
      { ...both, activation_alpha: [...alphas, 9], activation_beta: [...betas, 9] }),
    makeCase(op, 'reverse_with_relu', { direction: 'reverse', activations: reluCandidates(op, 'reverse') }),
  ];
}

function gatedOnly(op) {
  const gate = { activations: ['HardSigmoid', 'HardSigmoid', 'Elu'].slice(0, usual[op].length) };
  return [
    makeCase(op, 'names_in_any_case', { activations: usual[op].map((name) => name.toUpperCase()) }),
    makeCase(op, 'alpha_for_the_first_only', { ...gate, activation_alpha: [0.375] }),
    makeCase(op, 'beta_for_the_first_only', { ...gate, activation_beta: [0.25] }),
    makeCase(op, 'alpha_passes_over_sigmoid',
      { activations: ['Sigmoid', 'HardSigmoid', 'Tanh'].slice(0, usual[op].length), activation_alpha: [0.375] }),
  ];
}

function rnnOnly() {
  const direction = 'bidirectional';
  return [
    makeCase('RNN', 'alpha_passes_over_tanh',
      { direction, activations: ['Tanh', 'LeakyRelu'], activation_alpha: [0.25] }),
    makeCase('RNN', 'more_activations_than_used', { activations: ['Tanh', 'Relu'] }),
  ];
}

function lstmOnly() {
  const op = 'LSTM';
  const coupled = directions.flatMap((direction) => [true, false].flatMap((peepholes) =>
    [undefined, 0.5].map((clip) => makeCase(
      op, nameOf('input_forget', direction, peepholes ? 'peepholes' : '', clip ? 'clip' : ''),
      { input_forget: 1, direction, ...(clip ? { clip } : {}) }, { peepholes }))));
  const peepholes = directions.flatMap((direction) => [
    makeCase(op, nameOf('peepholes', direction), { direction }, { peepholes: true }),
    makeCase(op, nameOf('peepholes_clip', direction), { direction, clip: 0.5 },
      { peepholes: true, lengths: [2, 4, 0] }),
    makeCase(op, nameOf('peepholes_without_bias_clip', direction), { direction, clip: 0.25 },
      { peepholes: true, bias: false }),
  ]);
  return [
    ...coupled,
    ...peepholes,
    makeCase(op, 'input_forget_hard_sigmoid',
      { input_forget: 1, activations: ['HardSigmoid', 'Relu', 'Softsign'] }, { peepholes: true, lengths: [4, 1, 0] }),
    makeCase(op, 'peepholes_relu', { activations: ['Sigmoid', 'Relu', 'Relu'] }, { peepholes: true }),
    makeCase(op, 'only_initial_h', {}, { initial: 'h' }),
    makeCase(op, 'only_initial_c', {}, { initial: 'c' }),
    makeCase(op, 'only_Y_c', { direction: 'bidirectional' }, { outputs: ['Y_c'] }),
  ];
}

export const listOf = (op) => [
  ...plain(op), ...lengths(op), ...clips(op), ...activationsByRole(op), ...activationsTogether(op),
  ...(op === 'RNN' ? rnnOnly() : gatedOnly(op)), ...(op === 'LSTM' ? lstmOnly() : []),
];
