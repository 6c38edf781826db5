namespace Recurrent.Formats.Tests.Keras;

/// <summary>
/// Damaged files of Keras and TensorFlow.js are refused or read, soon and within what a file of their size may ask for. The
/// fuzzer does more of it.
/// </summary>
public sealed class KerasDamageTests
{
    private const int Rounds = 1500;

    // What the runtime does on the side, the exception, and what a file of any size may ask for.
    private const long Floor = 4 << 20;

    private static readonly Hdf5Style[] Styles =
    [
        new() { HasVariableText = true },
        new() { Layout = 2, Filters = [2, 1] },
        new() { IsNew = true, Layout = 0 },
        new() { IsNew = true, Layout = 2, Filters = [1] },
    ];

    public static TheoryData<string, string> Cases => new(
        from name in (string[])["conv-free-steps", "layer-normalization", "two-inputs", "reshape", "called-twice"]
        from format in (string[])["h5", "keras", "tfjs"]
        select (name, format));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Damage_is_refused_or_read_within_memory(string name, string format)
    {
        string source = GoldenFiles.PathOf("tfjs", name, "model.json");
        using SafetensorsFile file = SafetensorsFile.Parse(TfjsFiles.ToSafetensors(source));
        using var folder = new TemporaryFolder();
        string weights = Path.Combine(folder.Path, "weights.bin");
        File.Copy(Path.Combine(Path.GetDirectoryName(source)!, "weights.bin"), weights);
        Random random = new(name.Length);
        int read = 0;
        for (int round = 0; round < Rounds; round++)
        {
            Hdf5Style style = Styles[round % Styles.Length];
            byte[] bytes = format switch
            {
                "h5" => KerasFiles.ToH5(file, style),
                "keras" => KerasFiles.ToArchive(file, style),
                _ => File.ReadAllBytes(source),
            };
            string path = folder.Write("model", Damage(bytes, random));
            long size = new FileInfo(path).Length + (format == "tfjs" ? new FileInfo(weights).Length : 0);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                ModelFile.Load(path);
                read++;
            }
            catch (ModelFormatException)
            {
                // Refused as documented.
            }

            Assert.InRange(
                GC.GetAllocatedBytesForCurrentThread() - before, 0, Floor + ((3 + (2 * ImportOptions.Default.TensorMultiple)) * size));
        }

        // Damage that hits weights, and nothing that hits the structure, leaves a model.
        Assert.InRange(read, 1, Rounds - 1);
    }

    private static byte[] Damage(byte[] whole, Random random)
    {
        byte[] bytes = random.Next(20) == 0 ? whole[..random.Next(1, whole.Length)] : whole;
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            bytes[random.Next(bytes.Length)] = random.Next(3) switch
            {
                0 => (byte)random.Next(256),
                1 => (byte)(1 << random.Next(8)),
                _ => 0xFF,
            };
        }

        return bytes;
    }
}
