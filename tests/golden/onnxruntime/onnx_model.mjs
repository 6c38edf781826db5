// Writes an ONNX model of one node as the bytes of a ModelProto: just enough of protobuf's wire format for that.
// Field numbers are those of onnx.proto (https://github.com/onnx/onnx).

const FLOAT = 1;
const INT32 = 6;
const attributeType = { float: 1, int: 2, string: 3, floats: 6, ints: 7, strings: 8 };

const varint = (value) => {
  const bytes = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    bytes.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Buffer.from(bytes);
};

const integer = (field, value) => Buffer.concat([varint(field << 3), varint(value)]);

const block = (field, bytes) => Buffer.concat([varint((field << 3) | 2), varint(bytes.length), bytes]);

const text = (field, value) => block(field, Buffer.from(value, 'utf8'));

const float = (field, value) => {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return Buffer.concat([varint((field << 3) | 5), bytes]);
};

const message = (...parts) => Buffer.concat(parts.flat());

// Attributes whose values are whole numbers in JSON and floats in ONNX.
const floatAttributes = new Set(['clip', 'activation_alpha', 'activation_beta']);

function attribute(name, value) {
  if (Array.isArray(value)) {
    return typeof value[0] === 'string'
      ? message(text(1, name), value.map((item) => text(9, item)), integer(20, attributeType.strings))
      : message(text(1, name), value.map((item) => float(7, item)), integer(20, attributeType.floats));
  }

  if (typeof value === 'string') {
    return message(text(1, name), text(4, value), integer(20, attributeType.string));
  }

  return floatAttributes.has(name)
    ? message(text(1, name), float(2, value), integer(20, attributeType.float))
    : message(text(1, name), integer(3, value), integer(20, attributeType.int));
}

function valueInfo(name, type, rank) {
  const dimensions = Array.from({ length: rank }, (_, axis) => block(1, text(2, `${name}_${axis}`)));
  const tensor = message(integer(1, type), block(2, message(dimensions)));
  return message(text(1, name), block(2, block(1, tensor)));
}

/**
 * The bytes of a model of one node.
 * @param testCase the case: `op`, `opset`, `attributes`, and `inputs` with null for those left out
 * @param outputs names of the outputs, '' for those left out
 * @param ranks axes of each output
 */
export function modelBytes(testCase, outputs, ranks) {
  const inputs = testCase.inputs.map((input) => input?.name ?? '');
  const node = message(
    inputs.map((name) => text(1, name)),
    outputs.map((name) => text(2, name)),
    text(3, 'cell'),
    text(4, testCase.op),
    Object.entries(testCase.attributes).map(([name, value]) => block(5, attribute(name, value))),
  );
  const graph = message(
    block(1, node),
    text(2, 'case'),
    testCase.inputs.filter((input) => input).map((input) =>
      block(11, valueInfo(input.name, input.name === 'sequence_lens' ? INT32 : FLOAT, input.dims.length))),
    outputs.map((name, index) => (name ? block(12, valueInfo(name, FLOAT, ranks[index])) : Buffer.alloc(0))),
  );
  return message(integer(1, 8), block(7, graph), block(8, message(integer(2, testCase.opset))));
}
