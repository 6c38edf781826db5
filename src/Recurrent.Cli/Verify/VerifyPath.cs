using System.Numerics;

namespace Recurrent.Cli.Verify;

/// <summary>One way to compute a case, and the rule for its results.</summary>
internal abstract class VerifyPath(string name, PassRule rule)
{
    public string Name { get; } = name;

    /// <summary>Computes a case.</summary>
    /// <returns>One result for each of the case's outputs.</returns>
    public IReadOnlyList<TensorResult> Check(GoldenCase golden)
    {
        IReadOnlyDictionary<string, double[]> actual = Compute(golden);
        return [.. golden.Outputs.Select(expected => rule.Check(expected, actual[expected.Name]))];
    }

    /// <summary>Computes the outputs <c>y</c>, <c>hn</c> and, for an LSTM, <c>cn</c>.</summary>
    protected abstract IReadOnlyDictionary<string, double[]> Compute(GoldenCase golden);
}

/// <summary>A path that computes in <typeparamref name="T"/>.</summary>
internal abstract class VerifyPath<T>(string name, PassRule rule) : VerifyPath(name, rule)
    where T : IFloatingPointIeee754<T>
{
    protected abstract ISequenceSession<T> Open(GoldenCase golden);

    protected sealed override IReadOnlyDictionary<string, double[]> Compute(GoldenCase golden)
    {
        using ISequenceSession<T> session = Open(golden);
        foreach (GoldenState state in golden.States)
        {
            if (!golden.InitialState(state).IsEmpty)
            {
                session.SetState(state, Convert<float, T>(golden.InitialState(state)));
            }
        }

        var outputs = golden.Outputs.ToDictionary(output => output.Name, output => new T[output.Values.Length]);
        session.Run(Convert<float, T>(golden.Input), outputs["y"], golden.Time, golden.Lengths, golden.Layout);
        foreach (GoldenState state in golden.States)
        {
            T[] final = outputs[state.Kind == Layers.StateKind.Hidden ? "hn" : "cn"];
            session.GetState(state, final.AsSpan(state.Offset, state.Length));
        }

        return outputs.ToDictionary(output => output.Key, output => Convert<T, double>(output.Value));
    }

    private static TTo[] Convert<TFrom, TTo>(ReadOnlySpan<TFrom> values)
        where TFrom : INumber<TFrom>
        where TTo : INumber<TTo>
    {
        var converted = new TTo[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            converted[i] = TTo.CreateChecked(values[i]);
        }

        return converted;
    }
}
