using Recurrent.Cli;
using Recurrent.Cli.Commands;
using Recurrent.Fuzz.Mutations;

namespace Recurrent.Fuzz.Formats;

/// <summary>Every format that can be read. A new one is a new row.</summary>
internal static class FormatList
{
    private static readonly IMutator Safetensors = new HeaderMutator(0, 8, JsonMutator.Instance, ".safetensors");

    private static readonly IMutator Npy = new HeaderMutator(8, 2, new TextMutator(), ".npy");

    private static readonly IMutator Csv = new TextMutator(".csv");

    private static readonly IMutator Hdf5 = new Hdf5Mutator(".h5");

    private static readonly IMutator KerasZip = new ZipMutator(
        name => name.EndsWith(".h5", StringComparison.Ordinal) ? Hdf5
            : name.EndsWith(".json", StringComparison.Ordinal) ? JsonMutator.Instance : null,
        ".keras");

    private static readonly IMutator Zip = new ZipMutator(
        name => name.EndsWith(".pkl", StringComparison.Ordinal) ? PickleMutator.Instance : null, ".pt");

    private static readonly IMutator Script = new ZipMutator(
        name => CodeMutator.Instance.Knows(name) ? CodeMutator.Instance : null, ".pt");

    /// <param name="folder">Where files may be written that are then damaged.</param>
    public static IReadOnlyList<FuzzedFormat> Create(string folder)
    {
        SeedFile[] onnx =
        [
            .. SeedFile.Below("tests/golden/onnx-exports", "*.onnx"), .. SeedFile.Below("tests/golden/onnx", "*.onnx"),
            .. SeedFile.Below("tests/golden/onnx-written", "*.onnx"), .. SeedFile.Below("tests/golden/onnx-graphs", "*.onnx"),
            .. SeedFile.Below("tests/golden/onnx-files", "*.onnx"),
            .. SeedFile.Below("tests/golden/onnx-layers", "*.onnx"), .. SeedFile.Below("tests/golden/onnx-layers-written", "*.onnx"),
        ];
        SeedFile[] checkpoints =
        [
            .. SeedFile.Below("tests/golden/torch_files", "*.pt"), .. SeedFile.Below("tests/golden/pickled", "*.pt"),
        ];
        SeedFile[] scripts = [.. SeedFile.Below("tests/golden/torchscript", "*.pt")];
        SeedFile[] keras =
            [.. SeedFile.Below("tests/golden/keras", "*.safetensors").Where(IsModel), .. KerasSeeds.OfTfjs()];
        SeedFile[] json =
        [
            .. SeedFile.Below("tests/golden/keras", "*.json"), .. SeedFile.Below("tests/golden/rtneural/models", "*.json"),
            .. SeedFile.Below("src/Recurrent.Demo/data", "*.nam"), .. CaptureSeeds.All(),
        ];
        return
        [
            Model("recurrent", MadeSeeds.Containers(folder, checkpoints), ContainerMutator.Instance),
            Model("onnx", onnx, new ProtobufMutator(".onnx")),
            Model("onnx-external", [.. ExternalSeeds.Of(onnx)], new ProtobufMutator(".onnx")),
            Model(
                "safetensors",
                [.. MadeSeeds.StateDicts(folder, checkpoints), .. SeedFile.Below("src/Recurrent.Demo/data", "*.safetensors")],
                Safetensors),
            Model("keras", keras, Safetensors),
            Keras("keras-h5", KerasSeeds.H5(keras), Hdf5),
            Keras("keras-archive", KerasSeeds.Archives(keras), KerasZip, new ZipRecordMutator(".keras")),
            Keras("tfjs", KerasSeeds.Tfjs(), JsonMutator.Instance),
            Model("pt", checkpoints.Where(IsZip), Zip, new ZipRecordMutator(".pt")),
            Model("pt-legacy", checkpoints.Where(seed => !IsZip(seed)), PickleMutator.Instance),
            // Code is followed several times, once for each number of dimensions that its inputs may have.
            Model("torchscript", scripts, Script, Zip, new ZipRecordMutator(".pt")) with { FreeBytes = 6 << 20 },
            Model("torchsharp", SeedFile.Below("tests/golden/pickled", "*.dat")),
            Model("json", json, JsonMutator.Instance),
            new()
            {
                Name = "checkpoint",
                Seeds = [.. MadeSeeds.Checkpoints(folder)],
                Mutators = [Safetensors],
                Read = Readers.Checkpoint,
                Refuses = e => e is InvalidDataException,
            },
            new()
            {
                Name = "numbers",
                Seeds =
                [
                    .. MadeSeeds.Numbers(folder), .. SeedFile.Below("tests/golden/rtneural/test_data", "*.csv"),
                    .. SeedFile.Below("src/Recurrent.Demo/data", "*.csv"),
                ],
                Mutators = [Npy, Csv, new ChunkMutator()],
                Read = Readers.Numbers,
                Refuses = e => e is UnusableInputException,
            },
            new()
            {
                Name = "forecaster",
                Seeds = [.. MadeSeeds.Forecasters(folder)],
                Mutators = [Safetensors, new ProtobufMutator(".onnx")],
                Read = Readers.Forecaster,
                Refuses = e => e is ModelFormatException or UnusableInputException,
            },
            new()
            {
                Name = "verify",
                Seeds = [.. FolderSeeds.All()],
                Mutators =
                [
                    JsonMutator.Instance, Safetensors, Npy, Csv, new ProtobufMutator(".onnx", ".pb"), Zip,
                ],
                Read = Readers.Verification,
                Refuses = e => ExitCode.IsUnusable(e) && e is not (OutOfMemoryException or NativeLibraryException),
                FreeBytes = 16 << 20,
            },
        ];
    }

    private static FuzzedFormat Model(string name, IEnumerable<SeedFile> seeds, params IMutator[] mutators) => new()
    {
        Name = name,
        Seeds = [.. seeds],
        Mutators = mutators,
        Read = Readers.Model,
        Refuses = e => e is ModelFormatException,
    };

    /// <summary>3 times the file, its tensors, which may be 4 times as large, and as much for the layers made of them.</summary>
    private static FuzzedFormat Keras(string name, IEnumerable<SeedFile> seeds, params IMutator[] mutators) =>
        Model(name, seeds, mutators) with { BytesPerByte = 3 + (2 * ImportOptions.Default.TensorMultiple) };

    private static bool IsModel(SeedFile seed) => !seed.Name.EndsWith(".io.safetensors", StringComparison.Ordinal);

    private static bool IsZip(SeedFile seed) => seed.Files[seed.Main].AsSpan().StartsWith("PK"u8);
}
