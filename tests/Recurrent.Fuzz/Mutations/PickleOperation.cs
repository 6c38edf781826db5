using System.Buffers.Binary;

namespace Recurrent.Fuzz.Mutations;

/// <summary>An operation of a pickle with its argument, as <c>pickletools</c> takes it apart.</summary>
/// <param name="Code">The byte that says what is done.</param>
/// <param name="Argument">The bytes behind it.</param>
internal readonly record struct PickleOperation(byte Code, byte[] Argument)
{
    public const byte Stop = (byte)'.';

    /// <summary>Takes operations apart up to the end of a pickle, or as far as they can be understood.</summary>
    /// <returns>How many bytes they are.</returns>
    public static int Read(ReadOnlySpan<byte> bytes, List<PickleOperation> operations)
    {
        int at = 0;
        while (at < bytes.Length)
        {
            byte code = bytes[at];
            int length = ArgumentLength(code, bytes[(at + 1)..]);
            if (length < 0 || length > bytes.Length - at - 1)
            {
                break;
            }

            operations.Add(new PickleOperation(code, bytes.Slice(at + 1, length).ToArray()));
            at += 1 + length;
            if (code == Stop)
            {
                break;
            }
        }

        return at;
    }

    public static byte[] Write(IEnumerable<PickleOperation> operations) =>
        [.. operations.SelectMany(operation => (byte[])[operation.Code, .. operation.Argument])];

    /// <summary>Bytes behind an operation; -1 if there are too few to know.</summary>
    private static int ArgumentLength(byte code, ReadOnlySpan<byte> rest) => (char)code switch
    {
        'K' or 'q' or 'h' or '\x80' or '\x82' => 1,
        'M' or '\x83' => 2,
        'J' or 'r' or 'j' or '\x84' => 4,
        'G' or '\x95' => 8,
        'U' or 'C' or '\x8a' or '\x8c' => rest.IsEmpty ? -1 : 1 + rest[0],
        'X' or 'T' or 'B' or '\x8b' => Counted(rest),
        'I' or 'L' or 'F' or 'S' or 'V' or 'P' or 'p' or 'g' => rest.IndexOf((byte)'\n') + 1 is > 0 and int line ? line : -1,
        'c' or 'i' => Lines(rest),
        _ => 0,
    };

    private static int Counted(ReadOnlySpan<byte> rest) =>
        rest.Length >= 4 && BinaryPrimitives.ReadUInt32LittleEndian(rest) is var count && count <= rest.Length - 4
            ? 4 + (int)count
            : -1;

    private static int Lines(ReadOnlySpan<byte> rest)
    {
        int first = rest.IndexOf((byte)'\n');
        int second = first < 0 ? -1 : rest[(first + 1)..].IndexOf((byte)'\n');
        return second < 0 ? -1 : first + second + 2;
    }
}
