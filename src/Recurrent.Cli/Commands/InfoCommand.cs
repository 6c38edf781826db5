using System.CommandLine;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Recurrent.Cli.Bench;
using Spectre.Console;

namespace Recurrent.Cli.Commands;

/// <summary><c>recurrent info</c>: what the library is and what it found on this machine.</summary>
internal static class InfoCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var gemm = new Option<bool>("--gemm")
        {
            Description = "Also measure what GemmProvider.Auto takes for large products here, the built-in product or Intel "
                + "MKL, over typical sizes of an LSTM and on each instruction set. Takes some seconds.",
        };
        var command = new Command(
            "info",
            "Shows the versions, the processor with its caches and the instruction sets that the kernels can use, and "
            + "whether Intel MKL was found. Exit code 2: the native library cannot be used.")
        {
            gemm, json,
        };
        command.SetAction(parsed => Run(
            parsed.GetValue(gemm),
            parsed.GetValue(json),
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error));
        return command;
    }

    private static int Run(bool gemm, bool json, TextWriter output, TextWriter error)
    {
        try
        {
            IReadOnlyList<ProductChoice> choices = gemm ? ProductChoice.OfThisMachine() : [];
            if (json)
            {
                WriteJson(choices, output);
            }
            else
            {
                WriteTable(output);
                if (gemm)
                {
                    WriteChoices(choices, output);
                }
            }

            return ExitCode.Success;
        }
        catch (Exception e) when (e is NativeLibraryException or ArgumentException or PlatformNotSupportedException)
        {
            error.WriteLine($"error: {e.Message}");
            return ExitCode.Unusable;
        }
    }

    private static void WriteTable(TextWriter output)
    {
        string sets = string.Join(", ", Machine.InstructionSets.Select(NameOf));
        Table table = new Table().Border(TableBorder.None).HideHeaders().AddColumns("what", "found");
        AddRow("version", $"{Version}, native library {Machine.LibraryVersion}");
        AddRow("runtime", $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.RuntimeIdentifier}");
        AddRow("processor", $"{Machine.Processor}, {Machine.Processors} logical processors");
        AddRow("instruction sets", $"{sets}; in use: {NameOf(Machine.InstructionSet)}");
        AddRow("level 1 data cache", Size(Machine.L1DataBytes));
        AddRow("level 2 cache", Size(Machine.L2Bytes));
        AddRow("last level cache", Size(Machine.L3Bytes));
        AddRow("Intel MKL", Machine.Mkl);
        Tables.Write(table, output);

        void AddRow(string what, string found) => table.AddRow(Markup.Escape(what), Markup.Escape(found));
    }

    private static void WriteChoices(IReadOnlyList<ProductChoice> choices, TextWriter output)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumns(
            "instruction set", "input", "hidden", "built-in us", "GFLOP/s", "MKL us", "GFLOP/s", "Auto takes");
        foreach (ProductChoice choice in choices)
        {
            table.AddRow(
                NameOf(choice.InstructionSet),
                choice.InputSize.ToString(CultureInfo.InvariantCulture),
                choice.HiddenSize.ToString(CultureInfo.InvariantCulture),
                Measured(choice.Info.BuiltInMicroseconds),
                Measured(choice.GigaFlops(choice.Info.BuiltInMicroseconds)),
                Measured(choice.Info.MklMicroseconds),
                Measured(choice.GigaFlops(choice.Info.MklMicroseconds)),
                choice.Info.Provider == GemmProvider.Mkl ? "MKL" : "built-in");
        }

        Tables.Write(table, output);
        int rows = choices.Max(choice => choice.Info.Rows);
        output.WriteLine(
            rows > 0
                ? $"Measured now, on {rows} rows with the input weights of an LSTM; the best of a few."
                : "Nothing was measured, because there is no Intel MKL to choose.");

        static string Measured(double value) => value > 0 ? Numbers.Short(value) : "-";
    }

    private static void WriteJson(IReadOnlyList<ProductChoice> choices, TextWriter output)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("version", Version);
            json.WriteString("native_version", Machine.LibraryVersion);
            json.WriteString("runtime", RuntimeInformation.FrameworkDescription);
            json.WriteString("rid", RuntimeInformation.RuntimeIdentifier);
            json.WriteString("processor", Machine.Processor);
            json.WriteNumber("processors", Machine.Processors);
            json.WriteStartArray("instruction_sets");
            foreach (InstructionSet isa in Machine.InstructionSets)
            {
                json.WriteStringValue(NameOf(isa));
            }

            json.WriteEndArray();
            json.WriteString("instruction_set", NameOf(Machine.InstructionSet));
            json.WriteNumber("l1_data_bytes", Machine.L1DataBytes);
            json.WriteNumber("l2_bytes", Machine.L2Bytes);
            json.WriteNumber("l3_bytes", Machine.L3Bytes);
            json.WriteBoolean("mkl_available", Machine.MklAvailable);
            json.WriteString("mkl", Machine.Mkl);
            WriteChoices(json, choices);
            json.WriteEndObject();
        }

        output.WriteLine(Encoding.UTF8.GetString(buffer.ToArray()));
    }

    // Absent where it was not asked for.
    private static void WriteChoices(Utf8JsonWriter json, IReadOnlyList<ProductChoice> choices)
    {
        if (choices.Count == 0)
        {
            return;
        }

        json.WriteStartArray("gemm");
        foreach (ProductChoice choice in choices)
        {
            json.WriteStartObject();
            json.WriteString("instruction_set", NameOf(choice.InstructionSet));
            json.WriteNumber("input", choice.InputSize);
            json.WriteNumber("hidden", choice.HiddenSize);
            json.WriteNumber("rows", choice.Info.Rows);
            json.WriteNumber("builtin_us", choice.Info.BuiltInMicroseconds);
            json.WriteNumber("mkl_us", choice.Info.MklMicroseconds);
            json.WriteString("provider", choice.Info.Provider.ToString().ToLowerInvariant());
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string Version =>
        typeof(Machine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    private static string NameOf(InstructionSet isa) => isa.ToString().ToLowerInvariant();

    private static string Size(long bytes) =>
        bytes == 0 ? "unknown" : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.#} KiB");
}
