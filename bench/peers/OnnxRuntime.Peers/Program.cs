using Microsoft.ML.OnnxRuntime;
using Recurrent.Peers;

// The line protocol of bench/README.md over the C# API of ONNX Runtime.
PeerSession.Serve(
    $"ONNX Runtime {OrtEnv.Instance().GetVersionString()}",
    task => task.Workload.StartsWith("train", StringComparison.Ordinal)
        ? throw new NotSupportedException("the package computes forward only")
        : task.Workload == "pool" ? new GatheredTask(task) : new BoundTask(task));
