using Recurrent.Formats;
using Recurrent.Layers;

namespace Recurrent.Cli.Verify;

/// <summary>
/// A sequence for a model from an ONNX graph: the tensors for the graph's inputs, checked and brought into the order
/// of a session, and the session's results in the order of the graph's outputs.
/// </summary>
internal sealed class OnnxSequence
{
    private readonly OnnxBinding _binding;
    private readonly Dictionary<string, OnnxTensor> _tensors;
    private readonly int _time;
    private readonly int _batch;

    /// <summary>Takes the tensors.</summary>
    /// <exception cref="UnusableInputException">A tensor is missing, or does not have the shape that the model asks
    /// for.</exception>
    public OnnxSequence(OnnxBinding binding, IReadOnlyDictionary<string, OnnxTensor> tensors)
    {
        _binding = binding;
        OnnxInput sequence = binding.Inputs.FirstOrDefault(input => IsSequence(input) && input.Axes.Contains(OnnxAxis.Time))
            ?? binding.Inputs.FirstOrDefault(IsSequence)
            ?? throw new UnusableInputException("the graph has no input for a sequence.");
        _tensors = tensors.ToDictionary(tensor => tensor.Key, tensor => WithoutSingles(tensor.Key, tensor.Value));
        _time = LengthOf(sequence, OnnxAxis.Time);
        _batch = LengthOf(sequence, OnnxAxis.Batch);
        foreach (OnnxInput input in binding.Inputs.Where(input => input.Role != OnnxInputRole.Unused))
        {
            RequireShape(input);
        }

        Request = MakeRequest(sequence);
    }

    public SequenceRequest Request { get; }

    private ModelDefinition Model => _binding.Model.Definition;

    /// <summary>What a path computed, as an output of the graph.</summary>
    public double[] Output(OnnxOutput output, SequenceResult result)
    {
        switch (output.Role)
        {
            case OnnxOutputRole.Sequence:
                return output.FromSession<double>(result.Outputs[IndexOf(output)], StepsOf(output), _batch);
            case OnnxOutputRole.LastStep:
                return output.FromSession<double>(result.Outputs[IndexOf(output)], 1, _batch);
            default:
                double[] states =
                [
                    .. output.States.SelectMany(state => result.FinalStates[
                        Request.FinalStates.ToList().IndexOf(AddressOf(state))]),
                ];
                return output.FromSession<double>(states, 1, _batch);
        }
    }

    /// <summary>The sizes of an output's axes.</summary>
    /// <param name="output">The output.</param>
    /// <param name="elements">How many elements it has.</param>
    public IReadOnlyList<int> ShapeOf(OnnxOutput output, int elements)
    {
        int others = output.Axes.Where(axis => axis != OnnxAxis.Features)
            .Aggregate(1, (product, axis) => product * SizeOf(axis));
        return [.. output.Axes.Select(axis =>
            axis != OnnxAxis.Features ? SizeOf(axis) : others == 0 ? 0 : elements / others)];

        int SizeOf(OnnxAxis axis) => axis switch
        {
            OnnxAxis.Time => StepsOf(output),
            OnnxAxis.Batch => _batch,
            _ => output.Directions,
        };
    }

    /// <summary>Where the model has an output of the graph. One of layers that follow each other has a name of its own.</summary>
    private int IndexOf(OnnxOutput output) =>
        Math.Max(0, Model.Outputs.ToList().FindIndex(named => named.Name == output.Name));

    private int StepsOf(OnnxOutput output) => Model.OutputSteps(IndexOf(output), _time);

    private static bool IsSequence(OnnxInput input) => input.Role is OnnxInputRole.Sequence or OnnxInputRole.Indices;

    private static StateAddress AddressOf(OnnxState state) => new(state.Layer, state.Direction, state.Kind);

    private SequenceRequest MakeRequest(OnnxInput sequence)
    {
        OnnxInput? lengths = _binding.Inputs.FirstOrDefault(input => input.Role == OnnxInputRole.Lengths);
        CountedLengths? counted = _binding.Model.CountedLengths;
        return new SequenceRequest
        {
            Model = Model,
            Batch = _batch,
            Time = _time,
            Input = sequence.Role == OnnxInputRole.Sequence
                ? sequence.ToSession<float>(TensorOf(sequence).ToSingles(), _time, _batch)
                : default,
            Indices = sequence.Role == OnnxInputRole.Indices ? Integers(sequence, _time, int.MaxValue) : default,
            Inputs = Model.IsChain ? [] : [.. Model.Inputs.Select(NamedInput)],
            Lengths = lengths is not null ? Integers(lengths, 1, _time) : counted is null ? null : Count(counted),
            InitialStates = [.. InitialStates()],
            FinalStates = [.. _binding.Outputs.SelectMany(output => output.States).Select(AddressOf).Distinct()],
        };
    }

    private int[] Count(CountedLengths rule)
    {
        OnnxInput input = _binding.Inputs.Single(input => input.Name == rule.Input);
        return rule.Count<float>(input.ToSession<float>(TensorOf(input).ToSingles(), _time, _batch), _time, _batch, Model.Layout);
    }

    private InputBuffer<float> NamedInput(ModelInput named)
    {
        OnnxInput input = _binding.Inputs.Single(input => input.Name == named.Name);
        int time = named.Kind == ValueKind.Row ? 1 : _time;
        return named.Kind == ValueKind.Indices
            ? new InputBuffer<float>(named.Name, (ReadOnlyMemory<int>)Integers(input, time, int.MaxValue))
            : new InputBuffer<float>(
                named.Name, (ReadOnlyMemory<float>)input.ToSession<float>(TensorOf(input).ToSingles(), time, _batch));
    }

    private OnnxTensor TensorOf(OnnxInput input) =>
        _tensors.TryGetValue(input.Name, out OnnxTensor? tensor)
            ? tensor
            : throw new UnusableInputException($"input '{input.Name}': expected a tensor, found none.");

    private int[] Integers(OnnxInput input, int time, int largest)
    {
        OnnxTensor tensor = TensorOf(input);
        long[] values = tensor.ElementType == TensorElementType.F32 ? Whole(input, tensor) : tensor.ToIntegers();
        int wrong = Array.FindIndex(values, value => value < 0 || value > largest);
        return wrong < 0
            ? input.ToSession<int>([.. values.Select(value => (int)value)], time, _batch)
            : throw new UnusableInputException(
                $"input '{input.Name}': expected values from 0 to {largest}, found {values[wrong]}.");
    }

    /// <summary>Indices that the graph takes as floating-point numbers.</summary>
    private static long[] Whole(OnnxInput input, OnnxTensor tensor) =>
        [.. tensor.ToSingles().Select(value => value == MathF.Floor(value) && MathF.Abs(value) <= int.MaxValue
            ? (long)value
            : throw new UnusableInputException($"input '{input.Name}': expected whole numbers, found {value}."))];

    private IEnumerable<(StateAddress State, ReadOnlyMemory<float> Values)> InitialStates()
    {
        foreach (OnnxInput input in _binding.Inputs.Where(input => input.States.Count > 0))
        {
            ReadOnlyMemory<float> values = input.ToSession<float>(TensorOf(input).ToSingles(), 1, _batch);
            int length = values.Length / input.States.Count;
            for (int i = 0; i < input.States.Count; i++)
            {
                if (input.States[i].Layer >= 0)
                {
                    yield return (AddressOf(input.States[i]), values.Slice(i * length, length));
                }
            }
        }
    }

    /// <summary>The length of an axis of a tensor; 1 where the input has no such axis.</summary>
    private int LengthOf(OnnxInput input, OnnxAxis axis)
    {
        OnnxTensor tensor = TensorOf(input);
        if (tensor.Dimensions.Count != input.Axes.Count)
        {
            throw new UnusableInputException(
                $"input '{input.Name}': expected the shape [{string.Join(", ", input.Axes)}], found "
                + $"[{string.Join(", ", tensor.Dimensions)}].");
        }

        int index = input.Axes.ToList().IndexOf(axis);
        return index < 0 ? 1 : tensor.Dimensions[index];
    }

    /// <summary>
    /// A tensor without axes of one element that the graph has besides those of the input, as an image of one channel has.
    /// The order of elements is the same.
    /// </summary>
    private OnnxTensor WithoutSingles(string name, OnnxTensor tensor)
    {
        if (_binding.Inputs.FirstOrDefault(one => one.Name == name) is not { States.Count: 0 } input
            || !(IsSequence(input) || Model.Inputs.Any(one => one.Name == name)))
        {
            return tensor;
        }

        int features = input.Axes.ToList().IndexOf(OnnxAxis.Features);
        List<int> sizes = [.. tensor.Dimensions];
        while (sizes.Count > input.Axes.Count)
        {
            // The first one behind which the features are where they belong.
            int single = Enumerable.Range(0, sizes.Count).FirstOrDefault(
                axis => sizes[axis] == 1 && (features < 0 || sizes.Count > input.Axes.Count + 1
                    || sizes[features < axis ? features : features + 1] == Features(input)),
                -1);
            if (single < 0)
            {
                return tensor;
            }

            sizes.RemoveAt(single);
        }

        return sizes.Count == tensor.Dimensions.Count ? tensor
            : tensor.ElementType == TensorElementType.I64 ? OnnxTensor.Create(name, [.. sizes], tensor.ToIntegers())
            : tensor.ElementType == TensorElementType.F32 ? OnnxTensor.Create(name, [.. sizes], tensor.ToSingles())
            : tensor;
    }

    private void RequireShape(OnnxInput input)
    {
        int[] expected = [.. input.Axes.Select(axis => axis switch
        {
            OnnxAxis.Time => _time,
            OnnxAxis.Batch => _batch,
            OnnxAxis.Direction => input.States.Count,
            _ => Features(input),
        })];
        IReadOnlyList<int> found = TensorOf(input).Dimensions;

        // States may be counted by several axes, or lie side by side in one.
        List<OnnxAxis> axes = [.. input.Axes];
        bool fits = found.SequenceEqual(expected) || (input.States.Count > 1 && ShapeMatch.Mismatch(
            [.. found.Select(size => (long)size)], expected, axes.IndexOf(OnnxAxis.Features), axes.IndexOf(OnnxAxis.Direction)) is null);
        if (!fits)
        {
            throw new UnusableInputException(
                $"input '{input.Name}': expected the shape [{string.Join(", ", expected)}], found "
                + $"[{string.Join(", ", found)}].");
        }
    }

    private int Features(OnnxInput input)
    {
        if (input.States.Count == 0)
        {
            return Model.Inputs.FirstOrDefault(named => named.Name == input.Name)?.Size ?? Model.InputSize;
        }

        OnnxState state = input.States.First(state => state.Layer >= 0);
        var layer = (RecurrentSpecification)Model.Layers[state.Layer].Specification;
        return state.Kind == StateKind.Cell ? layer.HiddenSize : layer.StateSize;
    }
}
