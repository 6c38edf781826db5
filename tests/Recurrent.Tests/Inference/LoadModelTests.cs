using Recurrent.Formats;
using Recurrent.Layers;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Inference;

/// <summary>Models that are loaded from their file into the native library.</summary>
public sealed class LoadModelTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public static TheoryData<InstructionSet, PackedLoading> Ways =>
    [
        .. from isa in InstructionSets.All
           from packed in Enum.GetValues<PackedLoading>()
           select new TheoryDataRow<InstructionSet, PackedLoading>(isa.Data, packed),
    ];

    public void Dispose() => File.Delete(_path);

    [Theory]
    [MemberData(nameof(Ways))]
    public void They_give_the_bits_of_their_definition(InstructionSet isa, PackedLoading packed)
    {
        ModelOptions options = InstructionSets.Use(isa);
        int used = 0;
        Property.Check(GraphCases.Arbitrary(), 60, @case =>
        {
            GraphData data = new(@case);
            ModelOptions formats = options with { Weights = @case.Weights, Layers = data.LayerOptions };
            using RecurrentModel made = RecurrentModel.Create(data.Definition, formats);
            RecurrentFile.Save(data.Definition, _path, options: formats);
            using (RecurrentModel plain = RecurrentFile.LoadModel(_path, packed, options))
            {
                Assert.Equal(PackedUse.None, plain.PackedUse);
                Assert.Null(plain.PackedReason);
                data.RequireSame(data.RunNative(made), data.RunNative(plain), $"{isa}, {packed}, without packed weights, {@case}");
            }

            RecurrentFile.Pack(_path, _path, isa);
            using RecurrentModel loaded = RecurrentFile.LoadModel(_path, packed, options);
            bool isUsed = loaded.PackedUse is PackedUse.Copied or PackedUse.Mapped;
            used += isUsed ? 1 : 0;
            Assert.Equal(packed == PackedLoading.Ignore, loaded.PackedReason is "the options say so");
            Assert.Equal(isUsed, loaded.PackedReason is null);
            Assert.Equal(made.PackedBytes, loaded.PackedBytes);
            Assert.Equal(isa, loaded.InstructionSet);
            data.RequireSame(data.RunNative(made), data.RunNative(loaded), $"{isa}, {packed}, {@case}");
            Assert.Equal(made.Fingerprints, loaded.Fingerprints);
        });
        Assert.Equal(packed != PackedLoading.Ignore, used > 0);
    }

    [Fact]
    public void Weights_stay_out_of_managed_memory()
    {
        const int units = 256;
        RandomFloats random = new(1);
        ModelDefinition definition = new([new LayerCase { Cell = CellKind.Lstm, Size = units }.Create(units, random)]);
        RecurrentFile.Save(definition, _path);
        RecurrentFile.Pack(_path, _path);
        RecurrentFile.LoadModel(_path, PackedLoading.Map).Dispose();
        long before = GC.GetAllocatedBytesForCurrentThread();
        using RecurrentModel model = RecurrentFile.LoadModel(_path, PackedLoading.Map);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(PackedUse.Mapped, model.PackedUse);
        long file = new FileInfo(_path).Length;
        Assert.True(allocated < file / 100, $"{allocated} bytes were allocated for a file of {file}");
    }

    /// <summary>They are of the weights, which are looked for where they were.</summary>
    [Fact]
    public void Fingerprints_of_a_file_that_was_replaced_are_refused()
    {
        ModelDefinition definition = Save();
        byte[] file = File.ReadAllBytes(_path);
        using RecurrentModel model = RecurrentFile.LoadModel(_path);
        RecurrentFile.Save(Model(5, 9), _path);
        Assert.Contains(_path, Assert.Throws<IOException>(() => model.Fingerprints).Message, StringComparison.Ordinal);
        File.WriteAllText(_path, "no model");
        Assert.Contains(_path, Assert.Throws<IOException>(() => model.Fingerprints).Message, StringComparison.Ordinal);
        File.Delete(_path);
        Assert.Throws<FileNotFoundException>(() => model.Fingerprints);
        File.WriteAllBytes(_path, file);
        using RecurrentModel made = RecurrentModel.Create(definition);
        Assert.Equal(made.Fingerprints, model.Fingerprints);
        Assert.Equal(made.Fingerprints, model.Fingerprints);
    }

    [Fact]
    public void A_mapped_file_may_be_deleted()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows keeps a mapped file from being deleted");
        }

        ModelDefinition definition = Save();
        RecurrentFile.Pack(_path, _path);
        using RecurrentModel made = RecurrentModel.Create(definition);
        using RecurrentModel mapped = RecurrentFile.LoadModel(_path, PackedLoading.Map);
        File.Delete(_path);
        File.WriteAllBytes(_path, new byte[100_000]);
        using Session expected = made.OpenSession();
        using Session session = mapped.OpenSession();
        mapped.Dispose();
        float[] x = new RandomFloats(3).Inputs(definition.Inputs[0].Size);
        float[] y = new float[made.OutputSize];
        float[] other = new float[made.OutputSize];
        expected.Step(x, y);
        session.Step(x, other);
        Bits.RequireSame(y, other, "mapped", y.Length);
    }

    [Fact]
    public void What_cannot_be_loaded_is_refused_by_its_name()
    {
        ModelDefinition definition = Save();
        ModelOptions rounded = new() { Weights = WeightFormat.Int8 };
        Assert.Equal(
            "options", Assert.Throws<ArgumentException>(() => RecurrentFile.LoadModel(_path, options: rounded)).ParamName);
        Assert.Equal(
            "packed",
            Assert.Throws<ArgumentOutOfRangeException>(() => RecurrentFile.LoadModel(_path, (PackedLoading)3)).ParamName);
        Assert.Equal("path", Assert.Throws<ArgumentException>(() => RecurrentFile.LoadModel(string.Empty)).ParamName);
        Assert.Equal(
            "path", Assert.Throws<ArgumentException>(() => RecurrentModel.LoadFile(_path + "\0.x", definition)).ParamName);
        Assert.Throws<FileNotFoundException>(() => RecurrentFile.LoadModel(_path + ".none"));
        Assert.Throws<IOException>(() => RecurrentModel.LoadFile(_path + ".none", definition));
        foreach (ModelDefinition other in new[] { Model(8, 4), Model(5, 9), Model(5, 8, "z"), Model(5, 8, output: "z") })
        {
            Assert.Equal(
                "definition", Assert.Throws<ArgumentException>(() => RecurrentModel.LoadFile(_path, other)).ParamName);
        }

        byte[] file = File.ReadAllBytes(_path);
        file[^1] ^= 1;
        File.WriteAllBytes(_path, file);
        ModelFormatException error = Assert.Throws<ModelFormatException>(() => RecurrentFile.LoadModel(_path));
        Assert.StartsWith($"{_path}: byte ", error.Message, StringComparison.Ordinal);
        Assert.Contains("it is damaged", error.Message, StringComparison.Ordinal);
        File.WriteAllText(_path, "no model");
        error = Assert.Throws<ModelFormatException>(() => RecurrentFile.LoadModel(_path));
        Assert.StartsWith($"{_path}: byte 0: expected a model file", error.Message, StringComparison.Ordinal);
    }

    private ModelDefinition Save()
    {
        ModelDefinition definition = Model(5, 8);
        RecurrentFile.Save(definition, _path);
        return definition;
    }

    private static ModelDefinition Model(int inputs, int units, string input = "in", string output = "out") => new(
        [new ModelInput(input, ValueKind.Sequence, inputs)],
        [new LayerNode(new LayerCase { Cell = CellKind.Gru, Size = units }.Create(inputs, new RandomFloats(2)))],
        [new NamedOutput(output, 1)]);
}
