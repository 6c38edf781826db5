using System.Numerics;
using Recurrent.Cli.Models;
using Recurrent.Layers;

namespace Recurrent.Cli.Verify;

/// <summary>One way to compute a model.</summary>
internal abstract class VerifyPath(string name)
{
    public string Name { get; } = name;

    /// <summary>Whether it computes in double: results are then held to a stricter rule.</summary>
    public abstract bool IsDouble { get; }

    /// <summary>Computes a sequence.</summary>
    public abstract SequenceResult Compute(SequenceRequest request);

    /// <summary>Computes the gradients of a loss of a sequence.</summary>
    public abstract GradientResult Differentiate(GradientRequest request);
}

/// <summary>A path that computes in <typeparamref name="T"/>.</summary>
internal abstract class VerifyPath<T>(string name) : VerifyPath(name)
    where T : IFloatingPointIeee754<T>
{
    public sealed override bool IsDouble => typeof(T) == typeof(double);

    public sealed override SequenceResult Compute(SequenceRequest request)
    {
        using ISession<T> session = Open(request);
        foreach ((StateAddress state, ReadOnlyMemory<float> values) in request.InitialStates)
        {
            session.SetState(state.Layer, state.Direction, state.Kind, Convert<float, T>(values.Span));
        }

        T[][] outputs =
        [
            .. request.Model.Outputs.Select((output, index) => new T[ArraySize.Of(
                request.Model.OutputSteps(index, request.Time), request.Batch, output.Size)]),
        ];
        session.Run(
            [.. InputsOf(request)],
            [.. outputs.Select(values => (OutputBuffer<T>)values)],
            request.Time,
            new SequenceMask { Lengths = request.Lengths },
            request.Layout);
        return new SequenceResult(
            [.. outputs.Select(values => Convert<T, double>(values))],
            [.. request.FinalStates.Select(state => FinalState(session, request, state))]);
    }

    public sealed override GradientResult Differentiate(GradientRequest request)
    {
        using IGradientSession<T> session = Open(request.Sequence.Model);
        SequenceRequest sequence = request.Sequence;
        int batch = sequence.Batch;
        var layout = new StateLayout(sequence.Model);
        var y = new T[request.OutputWeights.Length];
        var x = new T[sequence.Input.Length];
        var states = new T[ArraySize.Of(1, batch, session.StateSize)];
        var parameters = new T[session.ParameterCount];
        session.Forward(
            new GradientBatch<T>
            {
                X = Convert<float, T>(sequence.Input.Span),
                Time = sequence.Time,
                Batch = batch,
                Layout = sequence.Layout,
                Lengths = sequence.Lengths,
                InitialStates = sequence.InitialStates.Count == 0
                    ? []
                    : Convert<float, T>(layout.Join(sequence.InitialStates, batch)),
            },
            y);
        session.Backward(
            Convert<float, T>(request.OutputWeights.Span),
            Convert<float, T>(layout.Join(request.FinalStateWeights, batch)),
            x,
            states);
        session.GetGradients(parameters);
        return new GradientResult(
            Convert<T, double>(x), Convert<T, double>(states), session.Blocks, Convert<T, double>(parameters));
    }

    protected abstract ISession<T> Open(SequenceRequest request);

    protected abstract IGradientSession<T> Open(ModelDefinition model);

    private static IEnumerable<InputBuffer<T>> InputsOf(SequenceRequest request)
    {
        if (request.Inputs.Count > 0)
        {
            return request.Inputs.Select(input => input.Indices.IsEmpty
                ? new InputBuffer<T>(input.Name, (ReadOnlyMemory<T>)Convert<float, T>(input.Values.Span))
                : new InputBuffer<T>(input.Name, input.Indices));
        }

        return request.Model.VocabularySize > 0
            ? [new InputBuffer<T>(null, request.Indices)]
            : [new InputBuffer<T>(null, (ReadOnlyMemory<T>)Convert<float, T>(request.Input.Span))];
    }

    private static double[] FinalState(ISession<T> session, SequenceRequest request, StateAddress state)
    {
        var specification = (RecurrentSpecification)request.Model.Layers[state.Layer].Specification;
        int size = state.Kind == StateKind.Cell ? specification.HiddenSize : specification.StateSize;
        var values = new T[request.Batch * size];
        session.GetState(state.Layer, state.Direction, state.Kind, values);
        return Convert<T, double>(values);
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
