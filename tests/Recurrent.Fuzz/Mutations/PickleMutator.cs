using System.Buffers.Binary;

namespace Recurrent.Fuzz.Mutations;

/// <summary>Edits operations of pickles, one behind the other, and leaves what follows them.</summary>
internal sealed class PickleMutator : IMutator
{
    // What makes, takes or repeats values.
    private static readonly byte[] Codes = "(.012)NQRabdehjoqrstu]}\x81\x85\x86\x87\x88\x89\x8f\x90\x91\x92\x93\x94K"u8.ToArray();

    private static readonly string[] Globals =
    [
        "builtins\neval\n", "collections\nOrderedDict\n", "torch._utils\n_rebuild_tensor_v2\n", "torch\nFloatStorage\n",
        "torch\nSize\n", "torch._utils\n_rebuild_parameter\n", "os\nsystem\n", "torch\nLongStorage\n", "torch\nHalfStorage\n",
    ];

    public static PickleMutator Instance { get; } = new();

    public byte[]? Mutate(byte[] bytes, byte[] other, Random random)
    {
        List<PickleOperation> operations = [];
        int end = 0;
        for (int before = -1; before != end;)
        {
            before = end;
            List<PickleOperation> pickle = [];
            int length = PickleOperation.Read(bytes.AsSpan(end), pickle);
            if (pickle.Count == 0 || pickle[^1].Code != PickleOperation.Stop)
            {
                break;
            }

            operations.AddRange(pickle);
            end += length;
        }

        if (operations.Count == 0)
        {
            return null;
        }

        Edit(operations, random);
        return [.. PickleOperation.Write(operations), .. bytes.AsSpan(end)];
    }

    private static void Edit(List<PickleOperation> operations, Random random)
    {
        int at = random.Next(operations.Count);
        switch (random.Next(7))
        {
            case 0:
                operations.RemoveAt(at);
                break;
            case 1:
                int times = random.Next(4) == 0 ? random.Next(2, 2000) : 1;
                operations.InsertRange(at, Enumerable.Repeat(operations[at], times));
                break;
            case 2:
                int second = random.Next(operations.Count);
                (operations[at], operations[second]) = (operations[second], operations[at]);
                break;
            case 3:
                byte code = Codes[random.Next(Codes.Length)];
                operations.Insert(at, new PickleOperation(code, Argument(code, random)));
                break;
            case 4:
                operations.Insert(at, new PickleOperation((byte)'c', [.. Globals[random.Next(Globals.Length)].Select(c => (byte)c)]));
                break;
            default:
                ChangeArgument(operations, random);
                break;
        }
    }

    private static byte[] Argument(byte code, Random random) => (char)code switch
    {
        'K' or 'q' or 'h' => [(byte)random.Next(256)],
        'r' or 'j' => [(byte)random.Next(256), (byte)random.Next(3), 0, 0],
        _ => [],
    };

    private static void ChangeArgument(List<PickleOperation> operations, Random random)
    {
        int[] places = [.. Enumerable.Range(0, operations.Count).Where(i => operations[i].Argument.Length > 0)];
        if (places.Length == 0)
        {
            return;
        }

        int at = places[random.Next(places.Length)];
        PickleOperation operation = operations[at];
        byte[] argument = (char)operation.Code switch
        {
            'X' when random.Next(2) == 0 => Text(Values.Utf8(random)),
            'K' or 'M' or 'J' when random.Next(2) == 0 => [],
            _ => ByteMutator.WithInteger(operation.Argument, random.Next(operation.Argument.Length), random),
        };

        // A number of 64 bits in the place of a small one.
        operations[at] = argument.Length > 0
            ? operation with { Argument = argument }
            : new PickleOperation(0x8a, [8, .. BitConverter.GetBytes(Values.Boundary(random))]);
    }

    private static byte[] Text(byte[] utf8)
    {
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, utf8.Length);
        return [.. length, .. utf8];
    }
}
