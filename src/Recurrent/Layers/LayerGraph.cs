using System.Diagnostics.CodeAnalysis;

namespace Recurrent.Layers;

/// <summary>
/// Layers and the values that they read, checked to fit: what the native and the reference model have in common. A list of
/// layers that follow each other is the short form.
/// </summary>
internal sealed class LayerGraph
{
    public const int MaxLayers = 1024;

    /// <summary>The name of the input of layers that follow each other.</summary>
    public const string DefaultInput = "x";

    /// <summary>The name of the output of layers that follow each other.</summary>
    public const string DefaultOutput = "y";

    /// <summary>Layers that follow each other.</summary>
    public LayerGraph(
        IReadOnlyList<Layer> layers, ModelOutput output, Masking? masking, SequenceLayout layout, EmptyRow emptyRow)
    {
        Masking = masking;
        Layers = GraphArguments.Copy(layers, "layers", nameof(layers));
        Specifications = [.. Layers.Select(layer => layer.Specification)];
        Output = Require.Defined(output, nameof(output));
        TailBegin = LayerTail.Find(Specifications);
        GraphWiring wiring = GraphWiring.OfList(Specifications, FinalStateLayer, nameof(layers));
        Inputs = wiring.Inputs;
        Reads = wiring.Reads;
        Sources = wiring.Sources;
        Values = wiring.Values;
        StepRules = new StepRules(Layers, Reads, Values, nameof(layers));
        RequireOption(nameof(output));
        ValueKind kind = PutsOutOneStep ? ValueKind.Row : Values[^1].Kind;
        Outputs = [new OutputValue(DefaultOutput, Values.Count - 1, kind, Values[^1].Size)];
        IsList = true;
        Layout = Require.Defined(layout, nameof(layout));
        EmptyRow = Require.Defined(emptyRow, nameof(emptyRow));
        Summarize(nameof(layers), nameof(masking));
    }

    /// <summary>Layers that name what they read.</summary>
    public LayerGraph(
        IReadOnlyList<ModelInput> inputs,
        IReadOnlyList<LayerNode> layers,
        IReadOnlyList<NamedOutput> outputs,
        Masking? masking,
        SequenceLayout layout,
        EmptyRow emptyRow)
    {
        Masking = masking;
        Inputs = GraphArguments.Copy(inputs, "inputs", nameof(inputs));
        GraphArguments.RequireInputs(Inputs, nameof(inputs));
        IReadOnlyList<LayerNode> nodes = GraphArguments.Copy(layers, "layers", nameof(layers));
        Layers = [.. nodes.Select(node => node.Layer)];
        Specifications = [.. Layers.Select(layer => layer.Specification)];
        TailBegin = Layers.Count;
        GraphWiring wiring = GraphWiring.OfNodes(Inputs, nodes, nameof(layers));
        Reads = wiring.Reads;
        Sources = wiring.Sources;
        Values = wiring.Values;
        GraphWiring.RequireNoInitialStates(Layers, Reads, nameof(layers));
        StepRules = new StepRules(Layers, Reads, Values, nameof(layers));
        IReadOnlyList<NamedOutput> named = GraphArguments.Copy(outputs, "outputs", nameof(outputs));
        GraphArguments.RequireOutputs(named, Inputs.Count, Values.Count, nameof(outputs));
        Outputs =
        [
            .. named.Select(output =>
                new OutputValue(output.Name, output.Value, Values[output.Value].Kind, Values[output.Value].Size)),
        ];
        Layout = Require.Defined(layout, nameof(layout));
        EmptyRow = Require.Defined(emptyRow, nameof(emptyRow));
        Summarize(nameof(layers), nameof(masking));
    }

    public IReadOnlyList<Layer> Layers { get; }

    public IReadOnlyList<LayerSpecification> Specifications { get; }

    public IReadOnlyList<ModelInput> Inputs { get; }

    /// <summary>Of each layer the numbers of the values that it names.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Reads { get; }

    /// <summary>Of each layer all values that it computes with: a residual connection adds one that it does not name.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Sources { get; }

    /// <summary>The inputs, then what each layer puts out.</summary>
    public IReadOnlyList<ModelValue> Values { get; }

    public IReadOnlyList<OutputValue> Outputs { get; }

    /// <summary>How many steps it takes.</summary>
    public StepRules StepRules { get; }

    /// <summary>Whether it was made of a list of layers.</summary>
    public bool IsList { get; }

    /// <summary>Whether the layers follow each other, from one sequence to one output.</summary>
    public bool IsChain => Inputs.Count == 1 && Inputs[0].Kind != ValueKind.Row
        && Enumerable.Range(0, Layers.Count).All(layer => Reads[layer].Count == 1 && Reads[layer][0] == layer)
        && Outputs.Count == 1 && Outputs[0].Value == Layers.Count;

    /// <summary>Whether calls may leave the names out: there is one input, and one output.</summary>
    public bool IsSingle { get; private set; }

    /// <summary>Features of a step of the first input; 1 of indices.</summary>
    public int InputSize { get; private set; }

    /// <summary>Features of a step of the first output.</summary>
    public int OutputSize { get; private set; }

    public IReadOnlyList<string> InputNames { get; private set; }

    public IReadOnlyList<string> OutputNames { get; private set; }

    public ModelOutput Output { get; }

    public Masking? Masking { get; }

    public SequenceLayout Layout { get; }

    public EmptyRow EmptyRow { get; }

    /// <summary>Indices that the first input knows; 0 if it takes features.</summary>
    public int VocabularySize { get; private set; }

    /// <summary>
    /// Elements of state of one batch row, in all layers and directions, and the outputs that are repeated at missing steps.
    /// </summary>
    public int StateSize { get; private set; }

    /// <summary>Elements of a row's state that are the outputs to repeat at missing steps; they are its last ones.</summary>
    public int RepeatedSize => RepeatsOutput ? Outputs.Sum(output => output.Size) : 0;

    /// <summary>Whether missing steps repeat the output before.</summary>
    public bool RepeatsOutput => Masking is { Output: MissingOutput.Repeat };

    /// <summary>
    /// Of a list, the first of the layers that have no state and need nothing from before them: they can be computed for a
    /// single step of a sequence. The number of layers if there are none.
    /// </summary>
    public int TailBegin { get; }

    /// <summary>The layer of a list whose final state stands for its steps; -1 for none.</summary>
    public int FinalStateLayer =>
        Output == ModelOutput.FinalState && TailBegin > 0 && Specifications[TailBegin - 1] is RecurrentSpecification
            ? TailBegin - 1
            : -1;

    /// <summary>Whether the option of a list makes one step of output of a sequence.</summary>
    public bool PutsOutOneStep => Output != ModelOutput.EveryStep;

    /// <summary>Whether every layer can take one step after the other.</summary>
    public bool CanStep => FirstNotCausal() < 0;

    /// <summary>Elements of a step of one row of an input.</summary>
    public static int FeaturesOf(ModelInput input) => input.Kind == ValueKind.Indices ? 1 : input.Size;

    /// <summary>Steps of an output for so many steps of the model; 1 of a row.</summary>
    public int OutputSteps(int output, int time) =>
        Outputs[output].Kind == ValueKind.Row ? 1 : Values[Outputs[output].Value].Time.Steps(time);

    /// <summary>The same of a caller's numbers.</summary>
    public int RequireOutputSteps(int output, int time)
    {
        Require.Within(output, 0, Outputs.Count - 1, nameof(output));
        Require.Within(time, 0, int.MaxValue, nameof(time));
        return OutputSteps(output, time);
    }

    /// <summary>Whether a recurrent layer starts from rows that it reads.</summary>
    public bool ReadsStates(int layer) => Specifications[layer] is RecurrentSpecification && Reads[layer].Count > 1;

    /// <summary>The layer that puts a value out; -1 for an input.</summary>
    public int LayerOf(int value) => value < Inputs.Count ? -1 : value - Inputs.Count;

    /// <summary>The recurrent layer at an index, refused with the reason if there is none.</summary>
    public RecurrentSpecification RecurrentAt(int layer, string argument)
    {
        Require.Within(layer, 0, Specifications.Count - 1, argument);
        return Specifications[layer] as RecurrentSpecification
            ?? throw new ArgumentException(
                $"{argument}: expected the index of a recurrent layer, found {layer}, {Layers[layer].Kind}.",
                argument);
    }

    /// <summary>Elements of one row of a state of a layer, refused with the reason if it has no such state.</summary>
    public int SizeOfState(int layer, Direction direction, StateKind kind)
    {
        Require.Within(layer, 0, Specifications.Count - 1, nameof(layer));
        if (Specifications[layer] is ConvolutionSpecification { StateElements: > 0 } convolution)
        {
            RequireOnly(Direction.Forward, direction, nameof(direction));
            RequireOnly(StateKind.History, kind, nameof(kind));
            return (int)convolution.StateElements;
        }

        RecurrentSpecification recurrent = Specifications[layer] as RecurrentSpecification
            ?? throw new ArgumentException(
                $"{nameof(layer)}: expected the index of a layer that has a state, found {layer}, {Layers[layer].Kind}, "
                + "which has none.",
                nameof(layer));
        recurrent.RequireDirection(direction, nameof(direction));
        return recurrent.SizeOf(kind, nameof(kind));
    }

    public void RequireStep()
    {
        if (!CanStep)
        {
            throw new NotSupportedException(
                $"Step: {WhatIsNotCausal()}, which needs the whole sequence. Use Run with whole sequences.");
        }
    }

    /// <summary>The refusal of a second piece of a sequence by a model that needs whole ones.</summary>
    public NotSupportedException SecondPiece() =>
        new($"Run: {WhatIsNotCausal()}, which needs the whole sequence, so a sequence cannot be continued. "
            + "Call Reset or LoadState for all rows, or SetState, before the next sequence.");

    private static void RequireOnly<T>(T expected, T found, string argument)
        where T : struct, Enum
    {
        if (!EqualityComparer<T>.Default.Equals(Require.Defined(found, argument), expected))
        {
            throw new ArgumentException(
                $"{argument}: expected {expected}, which is all that the layer has, found {found}.", argument);
        }
    }

    private int FirstNotCausal()
    {
        for (int i = 0; i < Specifications.Count; i++)
        {
            if (WhyNotCausal(i) is not null)
            {
                return i;
            }
        }

        return -1;
    }

    private string? WhyNotCausal(int layer) => ReadsStates(layer)
        ? "starts from states that it reads"
        : Specifications[layer].WhyNotCausal(Values[Reads[layer][0]]);

    private string WhatIsNotCausal()
    {
        int layer = FirstNotCausal();
        if (layer < 0)
        {
            return "no layer has a reverse direction";
        }

        string kind = Layers[layer] is RecurrentLayer ? string.Empty : $", {Layers[layer].Kind},";
        return $"layer {layer}{kind} {WhyNotCausal(layer)}";
    }

    private void RequireOption(string argument)
    {
        if (Output == ModelOutput.FinalState && FinalStateLayer < 0)
        {
            throw new ArgumentException(
                $"{argument}: expected EveryStep or LastStep, because "
                + (Specifications.All(specification => specification is not RecurrentSpecification)
                    ? "no layer has a state"
                    : "a layer behind the last recurrent one, or a residual connection around it, needs its steps")
                + $"; found {Output}.",
                argument);
        }

        if (Output == ModelOutput.LastStep && Values[^1].Kind == ValueKind.Row)
        {
            throw new ArgumentException(
                $"{argument}: expected EveryStep, because the last layer puts out a row; found {Output}.", argument);
        }
    }

    /// <summary>What follows from the inputs and outputs.</summary>
    [MemberNotNull(nameof(InputNames), nameof(OutputNames))]
    private void Summarize(string layers, string masking)
    {
        StateSize = TotalStateSize(layers);
        IsSingle = Inputs.Count == 1 && Outputs.Count == 1;
        InputNames = [.. Inputs.Select(input => input.Name)];
        OutputNames = [.. Outputs.Select(output => output.Name)];
        InputSize = FeaturesOf(Inputs[0]);
        OutputSize = Outputs[0].Size;
        VocabularySize = Inputs[0].Kind == ValueKind.Indices ? Inputs[0].Size : 0;
        GraphArguments.RequireMasking(this, masking);
    }

    private int TotalStateSize(string argument)
    {
        long size = Specifications.Sum(specification => specification.StateElements);
        long repeated = RepeatsOutput ? Outputs.Sum(output => (long)output.Size) : 0;
        return Require.Elements(1, size + repeated, "[1, state size]", argument);
    }
}
