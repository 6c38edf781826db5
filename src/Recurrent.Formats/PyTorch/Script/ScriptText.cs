using Recurrent.Formats.Onnx;

namespace Recurrent.Formats.PyTorch.Script;

/// <summary>What values are called in messages.</summary>
internal static class ScriptText
{
    public static string Of(object? value) => value switch
    {
        null => "None",
        bool flag => flag ? "True" : "False",
        string text => $"'{text}'",
        object?[] tuple => $"a tuple of {tuple.Length}",
        ScriptList { Steps: { } steps } => $"a list of the steps of {steps}",
        ScriptList list => $"a list of {list.Items.Count}",
        ScriptCallable callable => $"the function '{callable.Definition.Name}'",
        ScriptBuiltin builtin => $"'{builtin.Name}'",
        Extent extent => $"the number {extent}",
        _ => value.ToString() ?? "a value",
    };
}
