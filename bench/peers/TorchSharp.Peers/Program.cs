using Recurrent.Peers;
using TorchSharp;

// The line protocol of bench/README.md over TorchSharp: nn.LSTM and nn.GRU in inference mode, and in training.
if (NativeLibraries.WhyNot() is { } reason)
{
    Console.WriteLine("unavailable " + reason);
    return;
}

torch.set_num_threads(1);
PeerSession.Serve(
    $"TorchSharp {typeof(torch).Assembly.GetName().Version?.ToString(3)}, PyTorch {torch.__version__}",
    task => task switch
    {
        { Threads: not 1 } => throw new NotSupportedException("one thread only"),
        { Cell: "gru_before" } => throw new NotSupportedException("its GRU resets after the product"),
        { Sequences: > 0 } => new EpochTask(task),
        { Workload: "train" } => new GradientTask(task),
        _ => new ModuleTask(task),
    });
