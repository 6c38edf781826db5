namespace Recurrent.Layers;

/// <summary>Checks of the arguments of a gradient session, shared by the native and the reference one.</summary>
internal static class GradientArguments
{
    /// <summary>Refuses rates that are out of range or drop what a layer does not have.</summary>
    public static void RequireDropout(LayerGraph graph, IReadOnlyList<LayerDropout> dropout, string argument)
    {
        if (dropout.Count == 0)
        {
            return;
        }

        Require.Shape(dropout.Count, graph.Layers.Count, "one for each layer", argument);
        for (int layer = 0; layer < dropout.Count; layer++)
        {
            string name = $"{argument}[{layer}]";
            RequireRate(dropout[layer].Elements, $"{name}.{nameof(LayerDropout.Elements)}");
            RequireRate(dropout[layer].Input, $"{name}.{nameof(LayerDropout.Input)}");
            RequireRate(dropout[layer].State, $"{name}.{nameof(LayerDropout.State)}");
            RequireUse(graph.Specifications[layer], dropout[layer], name, argument);
        }
    }

    /// <summary>Refuses a batch that does not fit the model.</summary>
    public static void RequireForward<T>(
        LayerGraph graph, in GradientBatch<T> batch, ReadOnlySpan<T> y, ReadOnlySpan<T> finalStates)
    {
        Require.Within(batch.Time, 1, int.MaxValue, "batch.Time");
        Require.Within(batch.Batch, 1, int.MaxValue, "batch.Batch");
        SequenceShape shape = SequenceShape.OfSession(graph, batch.Batch, "batch.Batch");
        SequenceLayout layout = batch.Layout ?? graph.Layout;
        if (y.IsEmpty)
        {
            throw new ArgumentException($"{nameof(y)}: expected memory for the output, found none.", nameof(y));
        }

        if (graph.VocabularySize > 0)
        {
            Require.Absent(batch.X.Length, "the model begins with an embedding and takes indices", "batch.X");
            shape.RequireRunIndices(batch.Indices, y, batch.Time, layout);
        }
        else
        {
            Require.Absent(batch.Indices.Length, "the model does not begin with an embedding", "batch.Indices");
            shape.RequireRun(batch.X, y, batch.Time, layout);
        }

        SequenceMask mask = new() { Lengths = batch.Lengths, Present = batch.Present };
        shape.RequireMask(mask, y, batch.Time, layout);
        RequireStates(graph, batch.Batch, batch.InitialStates, "batch.InitialStates");
        RequireStates(graph, batch.Batch, finalStates, nameof(finalStates));
    }

    /// <summary>Refuses gradients that do not have the shape of what they are the gradients of.</summary>
    public static void RequireBackward<T>(
        LayerGraph graph,
        in GradientShape forward,
        ReadOnlySpan<T> dy,
        ReadOnlySpan<T> dFinalStates,
        ReadOnlySpan<T> dx,
        ReadOnlySpan<T> dInitialStates)
    {
        if (forward.Batch == 0)
        {
            throw new InvalidOperationException(
                "Backward: there is no forward pass to go back through. Call Forward first; a pass can be gone back "
                + "through once, before the parameters change.");
        }

        long steps = (long)forward.Time * forward.Batch;
        long outputs = graph.PutsOutOneStep ? forward.Batch : steps;
        RequireOptional(dy.Length, outputs, graph.OutputSize, "[steps, OutputSize] as the output", nameof(dy));
        RequireStates(graph, forward.Batch, dFinalStates, nameof(dFinalStates));
        RequireStates(graph, forward.Batch, dInitialStates, nameof(dInitialStates));
        if (graph.VocabularySize > 0)
        {
            Require.Absent(dx.Length, "an index has no gradient", nameof(dx));
        }

        RequireOptional(dx.Length, steps, graph.InputSize, "[steps, InputSize] as the input", nameof(dx));
    }

    /// <summary>Refuses an update that no optimizer means.</summary>
    public static void RequireUpdate(in OptimizerStep step, IReadOnlyList<ParameterBlock> blocks)
    {
        Require.Defined(step.Kind, "step.Kind");
        Require.Within(step.Step, 1, long.MaxValue, "step.Step");
        RequireNumber(step.Rate, double.MaxValue, "step.Rate");
        RequireNumber(step.Momentum, 1, "step.Momentum");
        RequireNumber(step.Decay1, 1, "step.Decay1");
        RequireNumber(step.Decay2, 1, "step.Decay2");
        RequireNumber(step.Epsilon, double.MaxValue, "step.Epsilon");
        RequireNumber(step.WeightDecay, double.MaxValue, "step.WeightDecay");
        RequireNumber(step.GradientScale, double.MaxValue, "step.GradientScale");
        RequireNumber(step.GradientBound, double.MaxValue, "step.GradientBound");
        Require.OptionalShape(step.Trained.Length, blocks.Count, "one for each block", "step.Trained");
        Require.OptionalShape(step.Sparse.Length, blocks.Count, "one for each block", "step.Sparse");
        for (int block = 0; block < step.Sparse.Length; block++)
        {
            if (step.Sparse[block])
            {
                RequireSparse(step, block, blocks[block].Role);
            }
        }
    }

    /// <summary>Refuses a penalty that is not one.</summary>
    public static void RequirePenalty(int block, int blockCount, double l1, double l2)
    {
        Require.Within(block, 0, blockCount - 1, nameof(block));
        RequireNumber(l1, double.MaxValue, nameof(l1));
        RequireNumber(l2, double.MaxValue, nameof(l2));
    }

    /// <summary>Refuses what would move other rows of a table than those that have been read.</summary>
    private static void RequireSparse(in OptimizerStep step, int block, ParameterRole role)
    {
        if (role != ParameterRole.Table)
        {
            throw new ArgumentException(
                $"step.Sparse[{block}]: expected false, because the block is no table of an embedding but has {role}.",
                nameof(step));
        }

        if (step.Kind is not (OptimizerKind.Sgd or OptimizerKind.Adam))
        {
            throw new ArgumentException(
                $"step.Kind: expected Sgd or Adam, because rows of block {block} alone are moved, found {step.Kind}.",
                nameof(step));
        }

        if (step.Kind == OptimizerKind.Sgd && step.Momentum != 0)
        {
            throw new ArgumentException(
                $"step.Momentum: expected 0, because rows of block {block} alone are moved, found {step.Momentum}.",
                nameof(step));
        }
    }

    private static void RequireNumber(double value, double maximum, string argument) =>
        Require.Within(value, 0, maximum, argument);

    private static void RequireRate(float rate, string argument)
    {
        if (!(rate >= 0 && rate < 1))
        {
            throw new ArgumentOutOfRangeException(
                argument, rate, $"{argument}: expected a rate from 0 up to but not including 1, found {rate}.");
        }
    }

    private static void RequireUse(
        LayerSpecification specification, LayerDropout rates, string name, string argument)
    {
        if (rates.State > 0 && specification is not RecurrentSpecification)
        {
            throw new ArgumentException(
                $"{name}.{nameof(LayerDropout.State)}: expected 0, because the layer has no state; found {rates.State}.",
                argument);
        }

        if ((rates.Elements > 0 || rates.Input > 0) && specification is EmbeddingSpecification)
        {
            throw new ArgumentException(
                $"{name}: expected no dropout in front of an embedding, whose input is an index; found {rates}.",
                argument);
        }
    }

    private static void RequireStates<T>(LayerGraph graph, int batch, ReadOnlySpan<T> states, string argument) =>
        RequireOptional(states.Length, batch, graph.StateSize, "[batch, StateSize]", argument);

    private static void RequireOptional(int found, long rows, long columns, string shape, string argument)
    {
        if (found != 0)
        {
            Require.Shape(found, rows, columns, shape, argument);
        }
    }
}
