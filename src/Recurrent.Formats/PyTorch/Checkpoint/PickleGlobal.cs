namespace Recurrent.Formats.PyTorch.Checkpoint;

/// <summary>
/// A class or function that a pickle names. It is a name and nothing else: nothing is looked up or called.
/// </summary>
internal sealed record PickleGlobal(string Module, string Name)
{
    private const string Utilities = "torch._utils";

    public static PickleGlobal OrderedDictionary { get; } = new("collections", "OrderedDict");

    public static PickleGlobal DefaultDictionary { get; } = new("collections", "defaultdict");

    public static PickleGlobal RebuildTensor { get; } = new(Utilities, "_rebuild_tensor");

    public static PickleGlobal RebuildTensor2 { get; } = new(Utilities, "_rebuild_tensor_v2");

    public static PickleGlobal RebuildTensor3 { get; } = new(Utilities, "_rebuild_tensor_v3");

    public static PickleGlobal RebuildParameter { get; } = new(Utilities, "_rebuild_parameter");

    public static PickleGlobal RebuildParameterWithState { get; } = new(Utilities, "_rebuild_parameter_with_state");

    public static PickleGlobal RebuildFromType { get; } = new("torch._tensor", "_rebuild_from_type_v2");

    public static PickleGlobal Size { get; } = new("torch", "Size");

    /// <summary>What makes an object of a class, which is its first argument, in the oldest protocols.</summary>
    public static PickleGlobal Reconstructor { get; } = new("copyreg", "_reconstructor");

    /// <summary>The same by its name in Python 2, which PyTorch writes.</summary>
    public static PickleGlobal OldReconstructor { get; } = new("copy_reg", "_reconstructor");

    /// <summary>TorchScript's lists of numbers and tensors, whose only argument is a list.</summary>
    public bool IsTypedList => Module == "torch.jit._pickle" && Name.StartsWith("build_", StringComparison.Ordinal);

    /// <summary>TorchScript's value with the name of its type, which it is without.</summary>
    public bool IsTypeTag => Module == "torch.jit._pickle" && Name == "restore_type_tag";

    // Modules whose functions run commands or code, open files or load more pickles. Nothing of it would happen here, but
    // a file that has it is no model that somebody has saved.
    private static HashSet<string> HarmfulModules { get; } = new(StringComparer.Ordinal)
    {
        "os", "posix", "nt", "subprocess", "sys", "runpy", "shutil", "socket", "pty", "commands", "importlib", "ctypes",
        "webbrowser", "marshal", "pickle", "_pickle", "cPickle", "dill", "cloudpickle", "timeit", "pdb", "bdb", "imp",
        "asyncio", "urllib", "requests", "ftplib", "smtplib", "telnetlib", "zipimport", "pip", "setuptools",
    };

    private static HashSet<string> HarmfulBuiltins { get; } = new(StringComparer.Ordinal)
    {
        "eval", "exec", "execfile", "compile", "open", "file", "input", "raw_input", "__import__", "apply", "breakpoint",
        "globals", "locals", "vars", "delattr", "setattr", "exit", "quit", "map", "memoryview",
    };

    /// <summary>Whether no file with a model in it names this: where Python loads it, it does more than to make data.</summary>
    public bool IsHarmful => Name.Contains("__", StringComparison.Ordinal)
        || HarmfulModules.Contains(Module.Split('.', 2)[0])
        || (Module is "builtins" or "__builtin__" && HarmfulBuiltins.Contains(Name))
        || (Module is "torch" or "torch.serialization" or "torch.hub" or "torch.jit" && Name.StartsWith("load", StringComparison.Ordinal))
        || (Module == "torch.storage" && Name == "_load_from_bytes");

    public override string ToString() => $"{Module}.{Name}";
}
