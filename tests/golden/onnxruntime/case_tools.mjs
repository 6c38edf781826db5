// What the lists of cases are written with: random tensors on a grid, so that they are short in JSON and exact in
// float32.

const gates = { RNN: 1, GRU: 3, LSTM: 4 };

export const usual = { RNN: ['Tanh'], GRU: ['Sigmoid', 'Tanh'], LSTM: ['Sigmoid', 'Tanh', 'Tanh'] };

/** A generator of its own for each case, so that a case does not change when another one is added before it. */
function randomOf(name) {
  let state = 2166136261;
  for (const character of name) {
    state = Math.imul(state ^ character.charCodeAt(0), 16777619);
  }

  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 16) / 65536;
  };
}

export function tensor(random, name, dims, largest) {
  const count = dims.reduce((product, size) => product * size, 1);
  return { name, dims, data: Array.from({ length: count }, () => Math.round((random() * 2 - 1) * largest * 64) / 64) };
}

/**
 * A case that has yet to be computed.
 * @param op RNN, GRU or LSTM
 * @param name what it is about
 * @param attributes of the node; `hidden_size` follows from the sizes
 * @param options sizes `hidden`, `features`, `steps`, `batch`; `lengths`; `initial` ('h', 'c', 'hc'), `peepholes`,
 *   `bias`; `opset`; `outputs`, the names that are asked for; `shapes`, wrong ones by name of the input;
 *   `refused`, the reason
 */
export function makeCase(op, name, attributes = {}, options = {}) {
  const { hidden = 3, features = 2, steps = 4, batch = 3, initial = 'hc', bias = true, shapes = {} } = options;
  const random = randomOf(`${op}.${name}`);
  const directions = attributes.direction === 'bidirectional' ? 2 : 1;
  const rows = gates[op] * hidden;
  const make = (input, dims, largest) => tensor(random, input, shapes[input] ?? dims, largest);
  const inputs = [
    make('X', [steps, batch, features], 2),
    make('W', [directions, rows, features], 1),
    make('R', [directions, rows, hidden], 1 / Math.max(1, hidden / 8)),
    bias ? make('B', [directions, 2 * rows], 0.5) : null,
    options.lengths ? { name: 'sequence_lens', dims: [options.lengths.length], data: options.lengths } : null,
    initial.includes('h') ? make('initial_h', [directions, batch, hidden], 1) : null,
  ];
  if (op === 'LSTM') {
    inputs.push(
      initial.includes('c') ? make('initial_c', [directions, batch, hidden], 1) : null,
      options.peepholes ? make('P', [directions, 3 * hidden], 1) : null);
  }

  return {
    test: `${op}.${name}`,
    op,
    opset: options.opset ?? 14,
    expect: options.refused ? `fail: ${options.refused}` : 'ok',
    attributes: { hidden_size: hidden, ...attributes },
    inputs,
    wanted: options.outputs,
  };
}
