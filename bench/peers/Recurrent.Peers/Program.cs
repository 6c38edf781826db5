using System.Globalization;
using Recurrent;
using Recurrent.Peers;

// The line protocol of bench/README.md over the public API of Recurrent. The instruction set is forced through
// RECURRENT_ISA; the one argument is the provider of large products, or how streams that come and go are computed.
GemmProvider provider = args is ["--gemm", var name]
    ? Enum.Parse<GemmProvider>(name, ignoreCase: true)
    : GemmProvider.BuiltIn;

bool hasPool = args is ["--streams", "pool"];

PeerSession.Serve(
    string.Create(CultureInfo.InvariantCulture, $"Recurrent {Machine.LibraryVersion}, {Machine.InstructionSet}"),
    task => task switch
    {
        { Workload: "capture" } => new CaptureTask(task),
        { Workload: "pool" } => hasPool ? new PoolTask(task) : new SessionsTask(task),
        { Sequences: > 0 } => new EpochTask(task, provider),
        { Workload: "train" } => new GradientTask(task, provider),
        _ => new SessionTask(task, provider),
    });
