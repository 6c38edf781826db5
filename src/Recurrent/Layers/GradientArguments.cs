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
            RequireUse(graph.Specifications[layer], graph.Reads[layer].Count, dropout[layer], name, argument);
        }
    }

    /// <summary>Refuses a batch that does not fit the model.</summary>
    public static void RequireForward<T>(
        LayerGraph graph, in GradientBatch<T> batch, ReadOnlySpan<T> y, ReadOnlySpan<T> finalStates)
    {
        SequenceShape shape = ShapeOf(graph, batch);
        SequenceLayout layout = batch.Layout ?? graph.Layout;
        Require.Absent(batch.Inputs.Length, "the output is given alone", "batch.Inputs");
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

    /// <summary>Refuses a batch of several inputs or outputs that does not fit the model.</summary>
    public static void RequireForward<T>(
        LayerGraph graph,
        in GradientBatch<T> batch,
        ReadOnlySpan<OutputBuffer<T>> outputs,
        ReadOnlySpan<T> finalStates)
    {
        SequenceLayout layout = batch.Layout ?? graph.Layout;
        BufferShape shape = new(graph, ShapeOf(graph, batch));
        Require.Absent(batch.X.Length, "the outputs come as a list, and so do the inputs", "batch.X");
        Require.Absent(batch.Indices.Length, "the outputs come as a list, and so do the inputs", "batch.Indices");
        shape.RequireRun(batch.Inputs, outputs, batch.Time, layout);
        SequenceMask mask = new() { Lengths = batch.Lengths, Present = batch.Present };
        shape.RequireMask(mask, outputs, batch.Time, layout);
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
        RequirePass(forward);
        if (!graph.IsSingle)
        {
            throw new ArgumentException(
                $"{nameof(dy)}: expected a list of the outputs' gradients, because the model has {graph.Inputs.Count} inputs and "
                + $"{graph.Outputs.Count} outputs; found {nameof(dy)} alone.",
                nameof(dy));
        }

        RequireOutputGradient(graph, forward, 0, dy.Length, nameof(dy));
        RequireStates(graph, forward.Batch, dFinalStates, nameof(dFinalStates));
        RequireStates(graph, forward.Batch, dInitialStates, nameof(dInitialStates));
        RequireInputGradient(graph, forward, 0, dx.Length, nameof(dx));
    }

    /// <summary>Refuses gradients, as lists, that do not have the shape of what they are the gradients of.</summary>
    public static void RequireBackward<T>(
        LayerGraph graph,
        in GradientShape forward,
        ReadOnlySpan<InputBuffer<T>> dOutputs,
        ReadOnlySpan<T> dFinalStates,
        ReadOnlySpan<OutputBuffer<T>> dInputs,
        ReadOnlySpan<T> dInitialStates)
    {
        RequirePass(forward);
        BufferPlaces.Require(dOutputs, graph.OutputNames, nameof(dOutputs));
        BufferPlaces.Require(dInputs, graph.InputNames, nameof(dInputs));
        for (int output = 0; output < graph.Outputs.Count; output++)
        {
            int place = BufferPlaces.Find(dOutputs, graph.OutputNames, output);
            if (place >= 0)
            {
                string argument = $"{nameof(dOutputs)}[{place}]";
                Require.Absent(dOutputs[place].Indices.Length, "a gradient is no index", argument);
                RequireOutputGradient(graph, forward, output, dOutputs[place].Values.Length, argument);
            }
        }

        for (int input = 0; input < graph.Inputs.Count; input++)
        {
            int place = BufferPlaces.Find(dInputs, graph.InputNames, input);
            if (place >= 0)
            {
                RequireInputGradient(
                    graph, forward, input, dInputs[place].Values.Length, $"{nameof(dInputs)}[{place}]");
            }
        }

        RequireStates(graph, forward.Batch, dFinalStates, nameof(dFinalStates));
        RequireStates(graph, forward.Batch, dInitialStates, nameof(dInitialStates));
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

    private static SequenceShape ShapeOf<T>(LayerGraph graph, in GradientBatch<T> batch)
    {
        Require.Within(batch.Time, 1, int.MaxValue, "batch.Time");
        Require.Within(batch.Batch, 1, int.MaxValue, "batch.Batch");
        return SequenceShape.OfSession(graph, batch.Batch, "batch.Batch");
    }

    private static void RequirePass(in GradientShape forward)
    {
        if (forward.Batch == 0)
        {
            throw new InvalidOperationException(
                "Backward: there is no forward pass to go back through. Call Forward first; a pass can be gone back "
                + "through once, before the parameters change.");
        }
    }

    private static void RequireOutputGradient(
        LayerGraph graph, in GradientShape forward, int output, int length, string argument)
    {
        long steps = (long)graph.OutputSteps(output, forward.Time) * forward.Batch;
        RequireOptional(length, steps, graph.Outputs[output].Size, "[steps, OutputSize] as the output", argument);
    }

    private static void RequireInputGradient(
        LayerGraph graph, in GradientShape forward, int input, int length, string argument)
    {
        ModelInput what = graph.Inputs[input];
        if (what.Kind == ValueKind.Indices)
        {
            Require.Absent(length, "an index has no gradient", argument);
        }

        long steps = (long)(what.Kind == ValueKind.Row ? 1 : forward.Time) * forward.Batch;
        RequireOptional(length, steps, what.Size, "[steps, InputSize] as the input", argument);
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
        LayerSpecification specification, int reads, LayerDropout rates, string name, string argument)
    {
        if (rates.State > 0 && specification is not RecurrentSpecification)
        {
            throw new ArgumentException(
                $"{name}.{nameof(LayerDropout.State)}: expected 0, because the layer has no state; found {rates.State}.",
                argument);
        }

        if ((rates.Elements > 0 || rates.Input > 0) && reads > 1)
        {
            throw new ArgumentException(
                $"{name}: expected no dropout in front of a layer that reads {reads} values, but in front of one that reads one "
                + $"of them; found {rates}.",
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
