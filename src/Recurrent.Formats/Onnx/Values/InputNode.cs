using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>An input of the graph. What it is follows from what reads it.</summary>
internal sealed class InputNode(string name, bool isFloating, IReadOnlyList<Axis> axes) : FlowNode(name)
{
    private readonly Dictionary<int, FlowState> _states = [];

    // The axis that was divided into states and their features.
    private Axis? _divided;
    private int _dividedSize;

    public OnnxInputRole Role { get; private set; } = OnnxInputRole.Unused;

    /// <summary>Whether its elements are floating-point numbers.</summary>
    public bool IsFloating { get; private set; } = isFloating;

    public IReadOnlyList<Axis> Axes { get; private set; } = axes;

    public override IReadOnlyList<FlowRow> Rows => [];

    /// <summary>The states that it sets, by their index on its axis of directions.</summary>
    public IReadOnlyDictionary<int, FlowState> States => _states;

    /// <summary>Says what the input is.</summary>
    /// <returns>Whether it was not known to be something else.</returns>
    public bool Assign(OnnxInputRole role)
    {
        if (Role == OnnxInputRole.Unused)
        {
            Role = role;
        }

        return Role == role;
    }

    /// <summary>Says that its elements are integers, where the file does not say what they are.</summary>
    public void AssignIntegers() => IsFloating &= Role != OnnxInputRole.Unused;

    /// <summary>Says that an axis has states side by side, each of so many features.</summary>
    /// <returns>Whether it may: it is the last axis, counts nothing else, and is divided in no other way.</returns>
    public bool DivideIntoStates(Axis whole, int size)
    {
        if (_divided is null && Axes.Count > 0 && Axes[^1].IsSame(whole) && whole is { Role: null, Whole: null, Size: { } all } && all % size == 0)
        {
            _divided = whole;
            _dividedSize = size;
            Axes =
            [
                .. Axes.SkipLast(1), new Axis($"{whole.Name}.states", all / size, OnnxAxis.Direction),
                new Axis($"{whole.Name}.features", size, OnnxAxis.Features),
            ];
        }

        return _divided is { } divided && divided.IsSame(whole) && _dividedSize == size;
    }

    /// <summary>Says which state one of its elements sets. Hidden and cell states may be in one tensor.</summary>
    /// <returns>Whether it was not known to set another one, or to be something else.</returns>
    public bool AssignState(int index, FlowState state)
    {
        OnnxInputRole role = state.Kind == StateKind.Hidden ? OnnxInputRole.InitialHidden : OnnxInputRole.InitialCell;
        bool isMixed = Role is OnnxInputRole.InitialHidden or OnnxInputRole.InitialCell or OnnxInputRole.InitialStates && Role != role;
        if (isMixed)
        {
            Role = OnnxInputRole.InitialStates;
        }

        return (isMixed || Assign(role)) && (_states.TryAdd(index, state) || _states[index] == state);
    }
}
