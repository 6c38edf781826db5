namespace Recurrent.Fuzz.Mutations;

/// <summary>Damages numbers in the headers and the directory of a zip file.</summary>
internal sealed class ZipRecordMutator(params string[] extensions) : IMutator
{
    private const int MostRecordBytes = 56;

    public bool Knows(string name) => extensions.Contains(Path.GetExtension(name));

    public byte[]? Mutate(byte[] bytes, byte[] other, Random random)
    {
        List<int> records = [];
        for (int at = 0; at + 4 <= bytes.Length; at++)
        {
            if (bytes[at] == 'P' && bytes[at + 1] == 'K' && bytes[at + 2] is 1 or 3 or 5 or 6)
            {
                records.Add(at);
            }
        }

        if (records.Count == 0)
        {
            return null;
        }

        // The last ones are those of the directory.
        int record = records[random.Next(2) == 0 ? records.Count - 1 - random.Next(Math.Min(3, records.Count)) : random.Next(records.Count)];
        int place = Math.Min(bytes.Length - 1, record + (2 * random.Next(MostRecordBytes / 2)));
        return ByteMutator.WithInteger(bytes, place, random);
    }
}
