#!/usr/bin/env node
// Computes the outputs of cases with ONNX models, by name of their folders, and writes them as out.NAME.npy. The package is
// looked for where the script is started (npm install --ignore-scripts onnxruntime-node@1.30.0), so that it need not lie in the tree.

import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(join(process.cwd(), 'index.js'));
const { InferenceSession, Tensor } = require('onnxruntime-node');

const kinds = {
  '<f4': ['float32', Float32Array], '<f2': ['float16', Uint16Array], '<i8': ['int64', BigInt64Array], '<i4': ['int32', Int32Array],
  '|b1': ['bool', Uint8Array],
};

function read(path) {
  const bytes = readFileSync(path);
  const length = bytes.readUInt16LE(8);
  const header = bytes.toString('latin1', 10, 10 + length);
  const shape = header.match(/'shape': \(([^)]*)\)/)[1].split(',').filter((size) => size.trim()).map(Number);
  const [type, array] = kinds[header.match(/'descr': '([^']*)'/)[1]];
  const data = bytes.buffer.slice(bytes.byteOffset + 10 + length, bytes.byteOffset + bytes.length);
  return new Tensor(type, new array(data), shape);
}

function write(path, tensor) {
  const values = tensor.type === 'float16' ? Float32Array.from(tensor.data, half) : Float32Array.from(tensor.data, Number);
  const shape = tensor.dims.length === 1 ? `${tensor.dims[0]},` : tensor.dims.join(', ');
  let header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape}), }`;
  header += ' '.repeat((64 - ((header.length + 11) % 64)) % 64) + '\n';
  const start = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 255, header.length >> 8]);
  writeFileSync(path, Buffer.concat([start, Buffer.from(header, 'latin1'), Buffer.from(values.buffer)]));
}

function half(bits) {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const size = exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
  return bits & 0x8000 ? -size : size;
}

for (const folder of process.argv.slice(2)) {
  const test = JSON.parse(readFileSync(join(folder, 'case.json')));
  const options = { graphOptimizationLevel: 'disabled', intraOpNumThreads: 1, logSeverityLevel: 4 };
  try {
    const session = await InferenceSession.create(join(folder, test.model), options);
    const inputs = Object.entries(test.inputs).map(([name, file]) => [name, read(join(folder, file))]);
    const results = await session.run(Object.fromEntries(inputs));
    for (const [name, file] of Object.entries(test.outputs ?? {})) {
      write(join(folder, file), results[name]);
    }
    await session.release();
  } catch (error) {
    console.error(`${folder}: ${error.message}`);
    process.exitCode = 1;
  }
}
