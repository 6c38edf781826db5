using System.CommandLine;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Spectre.Console;

namespace Recurrent.Cli.Commands;

/// <summary><c>recurrent info</c>: what the library is and what it found on this machine.</summary>
internal static class InfoCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command(
            "info",
            "Shows the versions, the processor with its caches and the instruction sets that the kernels can use, and "
            + "whether Intel MKL was found. Exit code 2: the native library cannot be used.")
        {
            json,
        };
        command.SetAction(parsed => Run(
            parsed.GetValue(json), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error));
        return command;
    }

    private static int Run(bool json, TextWriter output, TextWriter error)
    {
        try
        {
            Action<TextWriter> write = json ? WriteJson : WriteTable;
            write(output);
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

    private static void WriteJson(TextWriter output)
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
            json.WriteEndObject();
        }

        output.WriteLine(Encoding.UTF8.GetString(buffer.ToArray()));
    }

    private static string Version =>
        typeof(Machine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    private static string NameOf(InstructionSet isa) => isa.ToString().ToLowerInvariant();

    private static string Size(long bytes) =>
        bytes == 0 ? "unknown" : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.#} KiB");
}
