#!/usr/bin/env node
// Lets ONNX Runtime compute cases: writes the out.NAME.npy of each folder from its model.onnx and its in.NAME.npy.
// onnxruntime-node is looked for in the current folder (npm install --ignore-scripts onnxruntime-node@1.30.0).

import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(join(process.cwd(), 'index.js'));
const { InferenceSession, Tensor } = require('onnxruntime-node');
const types = { '<f4': ['float32', Float32Array], '<i8': ['int64', BigInt64Array] };

function readArray(path) {
  const bytes = readFileSync(path);
  const length = bytes.readUInt16LE(8);
  const header = bytes.toString('latin1', 10, 10 + length);
  const [name, Values] = types[/'descr': '([^']*)'/.exec(header)[1]];
  const shape = /'shape': \(([^)]*)\)/.exec(header)[1].split(',').filter((size) => size.trim()).map(Number);
  return new Tensor(name, new Values(Uint8Array.from(bytes.subarray(10 + length)).buffer), shape);
}

function arrayBytes({ dims, data }) {
  const shape = dims.length === 1 ? `(${dims[0]},)` : `(${dims.join(', ')})`;
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': ${shape}, }`;
  const length = Math.ceil((text.length + 11) / 64) * 64 - 10;
  const header = Buffer.alloc(10 + length, ' ');
  header.write('\x93NUMPY\x01\x00', 'latin1');
  header.writeUInt16LE(length, 8);
  header.write(text, 10);
  header.write('\n', 9 + length);
  return Buffer.concat([header, Buffer.from(data.buffer, data.byteOffset, data.byteLength)]);
}

for (const folder of process.argv.slice(2)) {
  const { model, inputs, outputs } = JSON.parse(readFileSync(join(folder, 'case.json'), 'utf8'));
  const session = await InferenceSession.create(
    join(folder, model), { graphOptimizationLevel: 'disabled', intraOpNumThreads: 1, logSeverityLevel: 3 });
  const given = Object.fromEntries(Object.entries(inputs).map(([name, file]) => [name, readArray(join(folder, file))]));
  const results = await session.run(given);
  for (const [name, file] of Object.entries(outputs)) {
    writeFileSync(join(folder, file), arrayBytes(results[name]));
  }
}
