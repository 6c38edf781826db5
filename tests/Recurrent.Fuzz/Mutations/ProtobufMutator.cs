namespace Recurrent.Fuzz.Mutations;

/// <summary>Edits fields of a protocol buffers message, which stays one.</summary>
internal sealed class ProtobufMutator(params string[] extensions) : IMutator
{
    public bool Knows(string name) => extensions.Contains(Path.GetExtension(name));

    public byte[]? Mutate(byte[] bytes, byte[] other, Random random)
    {
        if (WireField.Parse(bytes) is not { Count: > 0 } message)
        {
            return null;
        }

        (List<WireField> fields, int at) = Draw(message, random);
        WireField field = fields[at];
        switch (random.Next(8))
        {
            case 0:
                fields.RemoveAt(at);
                break;
            case 1:
                int times = random.Next(5) == 0 ? random.Next(2, 200) : 1;
                fields.InsertRange(at, Enumerable.Range(0, times).Select(_ => field.Clone()));
                break;
            case 2:
                int second = random.Next(fields.Count);
                (fields[at], fields[second]) = (fields[second], fields[at]);
                break;
            case 3:
                if (WireField.Parse(other) is { Count: > 0 } donor)
                {
                    (List<WireField> taken, int place) = Draw(donor, random);
                    fields.Insert(at, taken[place].Clone());
                }

                break;
            case 4:
                field.Tag = ((ulong)random.Next(1, 20) << 3) | (field.Tag & 7);
                break;
            default:
                Change(field, message, random);
                break;
        }

        return WireField.Write(message);
    }

    /// <summary>A field on some level: each level is as likely as the one above it.</summary>
    private static (List<WireField> Fields, int At) Draw(List<WireField> message, Random random)
    {
        List<WireField> fields = message;
        for (; ; )
        {
            int at = random.Next(fields.Count);
            if (fields[at].Fields is not { Count: > 0 } inner || random.Next(4) == 0)
            {
                return (fields, at);
            }

            fields = inner;
        }
    }

    private static void Change(WireField field, List<WireField> message, Random random)
    {
        if (field.Bytes is null)
        {
            field.Number = (ulong)Values.Near((long)field.Number, random);
            return;
        }

        field.Fields = null;
        switch (random.Next(4))
        {
            case 0:
                field.Bytes = Values.Utf8(random);
                break;
            case 1:
                // What another field holds: names that exist, in the wrong place.
                (List<WireField> fields, int at) = Draw(message, random);
                field.Bytes = fields[at].Bytes ?? field.Bytes;
                break;
            case 2:
                field.Bytes = field.Bytes[..random.Next(field.Bytes.Length + 1)];
                break;
            default:
                field.Bytes = ByteMutator.Instance.Mutate(field.Bytes, field.Bytes, random);
                break;
        }
    }
}
