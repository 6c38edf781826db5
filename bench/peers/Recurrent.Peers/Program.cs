using System.Globalization;
using Recurrent;
using Recurrent.Peers;

// The line protocol of bench/peers/README.md over the public API of Recurrent. The instruction set is forced through
// RECURRENT_ISA, the provider of large products by the one argument.
GemmProvider provider = args is ["--gemm", var name]
    ? Enum.Parse<GemmProvider>(name, ignoreCase: true)
    : GemmProvider.BuiltIn;

using PeerSession session = new(provider);
Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture,
    $"ready Recurrent {Machine.LibraryVersion}, {Machine.InstructionSet}, .NET {Environment.Version}"));
while (Console.ReadLine() is { } line)
{
    string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
    if (words is ["quit"])
    {
        break;
    }

    if (words.Length > 0)
    {
        Console.WriteLine(session.Answer(words));
    }
}
