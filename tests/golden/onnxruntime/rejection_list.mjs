// Cases that ONNX Runtime refuses, with what it says. A runtime that refuses them for another reason has not passed.

import { makeCase, usual } from './case_tools.mjs';

const gates = { RNN: 1, GRU: 3, LSTM: 4 };

function shapes(op) {
  const rows = 3 * gates[op];
  const wrong = [
    ['rows', 'W', [1, rows + 1, 2]], ['features', 'W', [1, rows, 3]], ['directions', 'W', [2, rows, 2]],
    ['axes', 'W', [rows, 2]], ['columns', 'R', [1, rows, 4]], ['directions', 'R', [2, rows, 3]],
    ['half', 'B', [1, rows]], ['units', 'initial_h', [1, 3, 4]], ['rows', 'initial_h', [1, 2, 3]],
    ['directions', 'initial_h', [2, 3, 3]],
    ...(op === 'LSTM' ? [['units', 'initial_c', [1, 3, 4]], ['gates', 'P', [1, 12]]] : []),
  ];
  return wrong.map(([what, input, dims]) => makeCase(op, `refused_${input}_${what}`, {},
    { shapes: { [input]: dims }, peepholes: input === 'P', refused: `Input ${input} must have shape` }));
}

function sequenceLengths(op) {
  const values = 'Invalid value/s in sequence_lens';
  return [
    makeCase(op, 'refused_length_above_steps', {}, { lengths: [4, 5, 1], refused: values }),
    makeCase(op, 'refused_length_negative', {}, { lengths: [4, -1, 1], refused: values }),
    makeCase(op, 'refused_lengths_count', {}, { lengths: [4, 1], refused: 'Input sequence_lens must have shape' }),
  ];
}

function attributes(op) {
  const unknown = op === 'RNN' ? 'Invalid activation attribute' : 'Expecting activation to be one of';
  const count = 'activation_func_names.size()';
  const direction = op === 'RNN' ? 'allowed_directions' : "Invalid 'direction' argument";
  return [
    makeCase(op, 'refused_activation', { activations: usual[op].with(-1, 'Gelu') }, { refused: unknown }),
    makeCase(op, 'refused_direction', { direction: 'both' }, { refused: direction }),
    makeCase(op, 'refused_direction_case', { direction: 'FORWARD' }, { refused: direction }),
    ...(op === 'RNN' ? [] : [
      makeCase(op, 'refused_too_few_activations', { activations: usual[op].slice(1) }, { refused: count }),
      makeCase(op, 'refused_activations_of_one_direction',
        { direction: 'bidirectional', activations: usual[op] }, { refused: count }),
      makeCase(op, 'refused_clip_0', { clip: 0 }, { refused: 'clip_ > 0' }),
      makeCase(op, 'refused_clip_negative', { clip: -1 }, { refused: 'clip_ > 0' }),
    ]),
  ];
}

export const rejectionsOf = (op) => [...shapes(op), ...sequenceLengths(op), ...attributes(op)];
