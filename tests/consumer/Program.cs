// What somebody else's first program does: make a layer, stream it, compare it with the reference.
using System.Runtime.InteropServices;
using Recurrent;
using Recurrent.Formats;
using Recurrent.Layers;
using Recurrent.Reference;

const int InputSize = 3, HiddenSize = 9, Steps = 20;
Random random = new(1);
float[] Values(int count) => [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() - 0.5f))];

RecurrentLayer lstm = new(
    new LstmSpecification { InputSize = InputSize, HiddenSize = HiddenSize },
    [new CellWeights(Values(4 * HiddenSize * InputSize), Values(4 * HiddenSize * HiddenSize), Values(4 * HiddenSize))]);

using RecurrentModel model = RecurrentModel.Create(lstm);
using Session session = model.OpenSession();
ReferenceSession<float> reference = ReferenceModel<float>.Create(lstm).OpenSession();

float[] native = new float[HiddenSize], managed = new float[HiddenSize];
for (int step = 0; step < Steps; step++)
{
    float[] input = Values(InputSize);
    session.Step(input, native);
    reference.Step(input, managed);
    if (!native.AsSpan().SequenceEqual(managed))
    {
        Console.WriteLine($"step {step}: the native result is not the reference's");
        return 1;
    }
}

// A file, if there is one. Reading JSON must not bring OpenSSL in, which small containers do not have.
foreach (string file in args)
{
    using RecurrentModel loaded = RecurrentModel.Create(ModelFile.Load(file).Definition);
    if (OperatingSystem.IsLinux() && File.ReadAllText("/proc/self/maps").Contains("libssl", StringComparison.Ordinal))
    {
        Console.WriteLine($"{file}: libssl was loaded");
        return 1;
    }

    Console.WriteLine($"{Path.GetFileName(file)}: {loaded.InputSize} in, {loaded.OutputSize} out");
}

Console.WriteLine($"{Steps} steps on {model.InstructionSet} equal the reference on {RuntimeInformation.FrameworkDescription}");
return 0;
