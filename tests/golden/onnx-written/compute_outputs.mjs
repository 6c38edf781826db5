#!/usr/bin/env node
// Lets ONNX Runtime compute the exported models beside this file: writes output_0.pb for each model.onnx and
// input_0.pb. See README.md.

import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(join(process.cwd(), 'index.js'));
const { InferenceSession, Tensor } = require('onnxruntime-node');
const here = dirname(fileURLToPath(import.meta.url));
const types = { 1: ['float32', Float32Array], 7: ['int64', BigInt64Array] };

function varint(bytes, at) {
  let value = 0;
  let scale = 1;
  for (;;) {
    const byte = bytes[at++];
    value += (byte & 127) * scale;
    scale *= 128;
    if (byte < 128) {
      return [value, at];
    }
  }
}

/** A TensorProto with dims (field 1, packed or not), data_type (2) and raw_data (9). */
function readTensor(path) {
  const bytes = readFileSync(path);
  const dims = [];
  let type = 0;
  let data = null;
  let value;
  for (let at = 0; at < bytes.length;) {
    let tag;
    [tag, at] = varint(bytes, at);
    [value, at] = varint(bytes, at);
    if (tag === ((1 << 3) | 2)) {
      for (const end = at + value; at < end;) {
        let size;
        [size, at] = varint(bytes, at);
        dims.push(size);
      }
    } else if ((tag & 7) === 2) {
      data = tag >> 3 === 9 ? bytes.subarray(at, at + value) : data;
      at += value;
    } else if (tag >> 3 === 1) {
      dims.push(value);
    } else if (tag >> 3 === 2) {
      type = value;
    }
  }

  const [name, Values] = types[type];
  return new Tensor(name, new Values(Uint8Array.from(data).buffer), dims);
}

const varintBytes = (value) => (value < 128 ? [value] : [(value & 127) | 128, ...varintBytes(Math.floor(value / 128))]);

function tensorBytes(name, { dims, data }) {
  const raw = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return Buffer.concat([
    Buffer.from(dims.flatMap((size) => [8, ...varintBytes(size)])),
    Buffer.from([16, 1, 66, name.length]), Buffer.from(name),
    Buffer.from([74, ...varintBytes(raw.length)]), raw,
  ]);
}

console.log(`onnxruntime-node ${require('onnxruntime-node/package.json').version}`);
for (const entry of readdirSync(here, { withFileTypes: true }).filter((item) => item.isDirectory())) {
  const data = join(here, entry.name, 'test_data_set_0');
  const session = await InferenceSession.create(
    join(here, entry.name, 'model.onnx'), { graphOptimizationLevel: 'disabled', intraOpNumThreads: 1 });
  const { y } = await session.run({ x: readTensor(join(data, 'input_0.pb')) });
  writeFileSync(join(data, 'output_0.pb'), tensorBytes('y', y));
  console.log(`${entry.name}: [${y.dims}]`);
}
