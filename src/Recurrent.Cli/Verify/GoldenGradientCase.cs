using System.Globalization;
using Recurrent.Formats;
using Recurrent.Layers;

namespace Recurrent.Cli.Verify;

/// <summary>The gradients of a case, read and checked: its sequence, the weights of its loss, and what is expected.</summary>
internal sealed class GoldenGradientCase : ILoadedCase
{
    private const string Exact = "g64.";
    private const string Rounded = "g64r.";

    private static readonly (string Prefix, ParameterRole Role)[] Parameters =
    [
        ("weight_ih_l", ParameterRole.InputWeights),
        ("weight_hh_l", ParameterRole.RecurrentWeights),
        ("bias_ih_l", ParameterRole.InputBias),
        ("bias_hh_l", ParameterRole.RecurrentBias),
        ("weight_hr_l", ParameterRole.Projection),
    ];

    private readonly GoldenCase _case;
    private readonly GradientRequest _request;
    private readonly StateLayout _states;
    private readonly List<(ExpectedTensor Tensor, bool IsRounded)> _expected;

    private GoldenGradientCase(
        GoldenCase ofCase, GradientRequest request, List<(ExpectedTensor Tensor, bool IsRounded)> expected)
    {
        _case = ofCase;
        _request = request;
        _states = new StateLayout(request.Sequence.Model);
        _expected = expected;
    }

    public static GoldenGradientCase Create(GoldenIndexEntry entry, SafetensorsFile file)
    {
        GoldenCase ofCase = GoldenCase.Create(entry, file);
        var request = new GradientRequest(ofCase.Request, file["ly"].ToSingles(), [.. RecurrentWeights(ofCase, file)]);
        List<(ExpectedTensor Tensor, bool IsRounded)> expected =
        [
            .. from name in file.Tensors.Keys.Order(StringComparer.Ordinal)
               where name.StartsWith(Exact, StringComparison.Ordinal) || name.StartsWith(Rounded, StringComparison.Ordinal)
               select ReadGradient(entry, file, name),
        ];
        if (expected.Count == 0)
        {
            throw new UnusableInputException($"expected gradients, tensors '{Exact}…' or '{Rounded}…'; found none.");
        }

        return new GoldenGradientCase(ofCase, request, expected);
    }

    public IReadOnlyList<TensorResult> Check(VerifyPath path)
    {
        GradientResult result = path.Differentiate(_request);
        return
        [
            .. _expected.Select(expected =>
            {
                PassRule rule = !path.IsDouble ? PassRule.Single : expected.IsRounded ? PassRule.Rounded : PassRule.Double;
                return rule.Check(expected.Tensor, Actual(result, expected.Tensor.Name["g.".Length..]));
            }),
        ];
    }

    private static IEnumerable<(StateAddress State, ReadOnlyMemory<float> Values)> RecurrentWeights(
        GoldenCase ofCase, SafetensorsFile file)
    {
        foreach ((string name, StateKind kind) in new[] { ("lh", StateKind.Hidden), ("lc", StateKind.Cell) })
        {
            if (!file.Tensors.ContainsKey(name))
            {
                continue;
            }

            GoldenState[] states = [.. ofCase.States.Where(state => state.Address.Kind == kind)];
            float[] weights = file[name].ToSingles();
            if (weights.Length != states.Sum(state => state.Length))
            {
                throw new UnusableInputException(
                    $"tensor '{name}': expected {states.Sum(state => state.Length)} values, found {weights.Length}.");
            }

            foreach (GoldenState state in states)
            {
                yield return (state.Address, weights.AsMemory(state.Offset, state.Length));
            }
        }
    }

    private static (ExpectedTensor Tensor, bool IsRounded) ReadGradient(
        GoldenIndexEntry entry, SafetensorsFile file, string tensor)
    {
        string name = $"g.{tensor[(tensor.IndexOf('.', StringComparison.Ordinal) + 1)..]}";
        if (entry.F32Err.GetValueOrDefault(name) is not [>= 0 and < double.PositiveInfinity and double error, _])
        {
            throw new UnusableInputException($"f32_err: expected the error and the largest value of '{name}'.");
        }

        return (
            new ExpectedTensor(name, file[tensor].Shape, file[tensor].ToDoubles(), error),
            tensor.StartsWith(Rounded, StringComparison.Ordinal));
    }

    private double[] Actual(GradientResult result, string name) => name switch
    {
        "x" => result.Input,
        "h0" => InitialStates(result, StateKind.Hidden),
        "c0" => InitialStates(result, StateKind.Cell),
        _ => ParameterGradient(result, name),
    };

    private double[] InitialStates(GradientResult result, StateKind kind) =>
    [
        .. _case.States.Where(state => state.Address.Kind == kind)
            .SelectMany(state => _states.Take(result.InitialStates, state.Address)),
    ];

    /// <summary>The gradient of a parameter under PyTorch's name: <c>weight_hh_l1_reverse</c>.</summary>
    private static double[] ParameterGradient(GradientResult result, string name)
    {
        (string Prefix, ParameterRole Role) known = Parameters.FirstOrDefault(
            parameter => name.StartsWith(parameter.Prefix, StringComparison.Ordinal));
        string[] rest = known.Prefix is null ? [] : name[known.Prefix.Length..].Split('_');
        Direction direction = rest is [_, "reverse"] ? Direction.Reverse : Direction.Forward;
        ParameterBlock? block = rest.Length is 1 or 2
            && int.TryParse(rest[0], NumberStyles.None, CultureInfo.InvariantCulture, out int layer)
            ? result.Blocks.SingleOrDefault(
                block => block.Layer == layer && block.Direction == direction && block.Role == known.Role)
            : null;
        return block is null
            ? throw new UnusableInputException($"the gradient '{name}' is that of no parameter of the model.")
            : result.Parameters.AsSpan(block.Offset, block.Length).ToArray();
    }
}
