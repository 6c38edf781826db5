using Recurrent.Formats.Onnx;

namespace Recurrent.Formats.PyTorch.Script;

/// <summary>PyTorch's own functions that are understood.</summary>
internal static class ScriptOperators
{
    private const string Torch = "torch.";

    private static readonly Dictionary<string, Func<ScriptArguments, object?>> Known = new(
        new[]
        {
            LanguageOperators.All, NumberOperators.All, ScriptShapes.All, ScriptArithmetic.All, ScriptActivations.All,
            ScriptLayers.All, ScriptRecurrence.All, ScriptSteps.All,
        }.SelectMany(group => group),
        StringComparer.Ordinal);

    /// <summary>What a function returns.</summary>
    public static object? Apply(ScriptArguments arguments)
    {
        string name = arguments.Function.StartsWith("ops.", StringComparison.Ordinal)
            ? arguments.Function["ops.".Length..]
            : arguments.Function;
        name = name.StartsWith("aten.", StringComparison.Ordinal) ? Torch + name["aten.".Length..] : name;
        if (Known.TryGetValue(name, out Func<ScriptArguments, object?>? apply))
        {
            object? result = apply(arguments);
            arguments.Script.Aliases.Note(name, arguments.Get(0, "self"), result);
            return result;
        }

        bool isInPlace = name.StartsWith(Torch, StringComparison.Ordinal) && name.EndsWith('_') && !name.EndsWith("__", StringComparison.Ordinal);
        return isInPlace && Known.TryGetValue(name[..^1], out apply)
            ? InPlace(arguments, apply)
            : throw arguments.Script.RefuseFinally(arguments.Line, $"{arguments.Function}: {WhyNot(name)}");
    }

    /// <summary>What changes its first argument, whoever has it.</summary>
    private static object? InPlace(ScriptArguments arguments, Func<ScriptArguments, object?> apply)
    {
        object? target = arguments.Get(0, "self");
        arguments.Script.StepLoop?.RequireOwn(arguments, target);
        object? result = apply(arguments);
        if (target is ScriptList list && result is ScriptList longer)
        {
            list.Items.Clear();
            list.Items.AddRange(longer.Items);
            return list;
        }

        if (target is ConstantValue buffer && arguments.Script.States.Find(buffer) is not null)
        {
            arguments.Script.States.Write(buffer, result, arguments.Script.Place(arguments.Line));
        }

        if (target is not null)
        {
            arguments.Script.Aliases.Change(target, result, arguments.Script.Place(arguments.Line));
        }

        return result;
    }

    private static string WhyNot(string name) => name switch
    {
        "torch.randn" or "torch.rand" or "torch.rand_like" or "torch.randn_like" or "torch.normal" or "torch.multinomial" or "torch.bernoulli" =>
            "random numbers are no part of a model",
        "torch.group_norm" or "torch.instance_norm" or "torch.norm" or "torch.linalg_norm" or "torch.std" or "torch.var" =>
            "only a normalization of the features of each step by itself, with their mean and variance, is a layer",
        "torch.upsample_nearest1d" or "torch.upsample_linear1d" or "torch.conv_transpose1d" =>
            "no layer makes several steps of one in a sequence of any length",
        "torch.cumsum" => "a sum that runs over steps or features is no layer",
        "torch.sin" or "torch.cos" or "torch.sign" or "torch.round" or "torch.floor" or "torch.ceil" => "no layer computes this function",
        "torch.hardshrink" or "torch.erf" => "there is no such activation",
        "torch.einsum" => "expected a product as 'matmul' or a linear module",
        "torch.argmax" or "torch.argmin" or "torch.topk" or "torch.argsort" => "which value is largest is no output of a model; take the values themselves",
        "torch.scaled_dot_product_attention" or "torch._native_multi_head_attention" =>
            "attention of every step over every step is not part of a recurrent model",
        _ when name.StartsWith("quantized.", StringComparison.Ordinal) => "quantized models are not supported",
        _ => "this function is not part of a recurrent model",
    };
}
