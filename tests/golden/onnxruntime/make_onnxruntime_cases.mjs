#!/usr/bin/env node
// Writes rnn.json, gru.json and lstm.json beside this file: cases computed by ONNX Runtime. See README.md.
//
//     mkdir somewhere && cd somewhere && npm install --ignore-scripts onnxruntime-node@1.30.0
//     node <this file>

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { listOf } from './case_list.mjs';
import { compute, specified } from './onnx_reference.mjs';
import { run, version } from './onnxruntime_session.mjs';
import { rejectionsOf } from './rejection_list.mjs';

// The largest error that is taken for rounding, relative to the largest value of the tensor; here, and where the
// cases are verified.
const relative = 2e-6;

/** The shortest decimal that is this float32. */
function shortest(value) {
  for (let digits = 1; digits < 9; digits++) {
    const candidate = Number(value.toPrecision(digits));
    if (Math.fround(candidate) === value) {
      return candidate;
    }
  }

  return Number(value.toPrecision(9));
}

function relativeError(outputs, expected) {
  return Math.max(...outputs.map((output, index) => {
    if (output === null) {
      return 0;
    }

    const largest = Math.max(...expected[index].map(Math.abs), 1e-30);
    return Math.max(...output.data.map((value, at) => Math.abs(value - expected[index][at]))) / largest;
  }));
}

/** Refuses a case in which a clip does not bind, or which input_forget does not change. */
function requireEffect(testCase) {
  for (const name of ['clip', 'input_forget']) {
    if (name in testCase.attributes) {
      const { [name]: left, ...attributes } = testCase.attributes;
      const data = compute({ ...testCase, attributes });
      if (relativeError(data.map((values) => ({ data: values })), compute(testCase)) < 1e-3) {
        throw new Error(`${testCase.test}: the same without ${name}`);
      }
    }
  }
}

async function computed(testCase) {
  requireEffect(testCase);
  const outputs = await run(testCase, testCase.wanted);
  if (!outputs.every((output) => output === null || output.data.every(Number.isFinite))) {
    throw new Error(`${testCase.test}: the result is not finite`);
  }

  const error = relativeError(outputs, compute(testCase));
  if (!(error <= relative)) {
    throw new Error(`${testCase.test}: ${error} from the double computation: a difference to write down`);
  }

  if (relativeError(outputs, compute(testCase, specified)) > relative) {
    console.log(`  ${testCase.test}: not what the specification's default parameters give`);
  }

  return { outputs: outputs.map((output) => output && { ...output, data: output.data.map(shortest) }), error };
}

async function refused(testCase) {
  const reason = testCase.expect.slice('fail: '.length);
  const message = await run(testCase).then(() => 'accepted', (error) => error.message);
  if (!message.includes(reason)) {
    throw new Error(`${testCase.test}: expected "${reason}", found: ${message}`);
  }
}

async function write(op) {
  const lines = [];
  let largest = 0;
  for (const { wanted, ...testCase } of listOf(op)) {
    const { outputs, error } = await computed({ ...testCase, wanted });
    largest = Math.max(largest, error);
    lines.push(JSON.stringify({ ...testCase, relative, outputs }));
  }

  const rejections = rejectionsOf(op);
  for (const { wanted, ...testCase } of rejections) {
    await refused(testCase);
    lines.push(JSON.stringify({ ...testCase, outputs: [] }));
  }

  writeFileSync(fileURLToPath(new URL(`${op.toLowerCase()}.json`, import.meta.url)), `[\n${lines.join(',\n')}\n]\n`);
  console.log(`${op}: ${lines.length} cases, ${rejections.length} of them refused; `
    + `largest error ${largest.toExponential(1)} of a tensor's largest value`);
}

console.log(`onnxruntime-node ${version}`);
for (const op of ['RNN', 'GRU', 'LSTM']) {
  await write(op);
}
