// Runs a case in ONNX Runtime. The package is looked for where the script is started, so that it need not lie in the
// tree.

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { modelBytes } from './onnx_model.mjs';

const require = createRequire(join(process.cwd(), 'index.js'));
const { InferenceSession, Tensor } = require('onnxruntime-node');

export const version = require('onnxruntime-node/package.json').version;

const names = { RNN: ['Y', 'Y_h'], GRU: ['Y', 'Y_h'], LSTM: ['Y', 'Y_h', 'Y_c'] };
const ranks = [4, 3, 3];

const tensorOf = (input) =>
  (input.name === 'sequence_lens'
    ? new Tensor('int32', Int32Array.from(input.data), input.dims)
    : new Tensor('float32', Float32Array.from(input.data), input.dims));

/**
 * The outputs of a case as ONNX Runtime computes them: `{name, dims, data}`, null for one that is not asked for.
 * @throws what ONNX Runtime says if it refuses the model or the inputs
 */
export async function run(testCase, wanted = names[testCase.op]) {
  const outputs = names[testCase.op].map((name) => (wanted.includes(name) ? name : ''));
  const session = await InferenceSession.create(
    modelBytes(testCase, outputs, ranks),
    { graphOptimizationLevel: 'disabled', intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 4 });
  try {
    const feeds = testCase.inputs.filter((input) => input).map((input) => [input.name, tensorOf(input)]);
    const results = await session.run(Object.fromEntries(feeds));
    return outputs.map((name) =>
      (name ? { name, dims: [...results[name].dims], data: [...results[name].data] } : null));
  } finally {
    await session.release();
  }
}
