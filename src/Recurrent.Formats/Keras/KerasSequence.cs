using Recurrent.Layers;

namespace Recurrent.Formats.Keras;

/// <summary>What the layers of a Keras model do to the steps: their order, whether they are all put out, masks.</summary>
internal sealed class KerasSequence(LayerListBuilder layers, KerasVersion version)
{
    private float? _missingValue;
    private bool _zeroesMissing;
    private int _lastRecurrent = -1;
    private bool _isTimeMajor;

    /// <summary>What has become of the steps at the place that is read next.</summary>
    public KerasPosition Position { get; set; } = new(IsSequence: true);

    /// <summary>Steps of the model's sequences; null for any number.</summary>
    public int? InputSteps { get; set; }

    /// <summary>Values that are an index, as 1 at its place among zeros.</summary>
    public HashSet<int> OneHots { get; } = [];

    /// <summary>Whether a step of the input is all there is: the model takes no sequences.</summary>
    public bool IsFlat { get; set; }

    /// <summary>Whether there is more than one step at the place that is read next.</summary>
    public bool HasSteps => Position.IsSequence && !IsFlat;

    /// <summary>Whether steps may be missing.</summary>
    public bool HasMask => _missingValue is not null;

    /// <summary>Takes in a layer <c>Masking</c>.</summary>
    public void AddMasking(string name, float value)
    {
        if (!layers.IsAtInput)
        {
            throw new ModelFormatException(
                $"layer '{name}': Masking is supported in front of all other layers only; found {layers.Count} before it.");
        }

        SetMasking(value);
    }

    public void SetMasking(float value) => _missingValue = value;

    /// <summary>Takes in a recurrent layer.</summary>
    /// <returns>Which way it runs through time, not through the order that Keras has the steps in.</returns>
    public Direction BeginRecurrent(string name, KerasCell cell, bool isBidirectional)
    {
        if (!Position.IsSequence)
        {
            throw new ModelFormatException(
                $"layer '{name}': the recurrent layer before it has return_sequences=False, or it reads an input without steps, "
                + "so there is no sequence for it.");
        }

        RequireMask(name, isBidirectional ? "Bidirectional" : "a recurrent layer");
        if (isBidirectional && (cell.GoesBackwards || Position.IsReversed))
        {
            throw new ModelFormatException(
                $"layer '{name}': Bidirectional with or behind go_backwards is not supported.");
        }

        if (_missingValue is not null && Position.IsReversed)
        {
            throw new ModelFormatException(
                $"layer '{name}': a mask behind go_backwards is not supported; Keras does not reverse it with the steps.");
        }

        bool isReverse = cell.GoesBackwards != Position.IsReversed;
        Position = cell.ReturnsSequences
            ? Position with { IsReversed = isReverse }
            : KerasPosition.Row with { IsReversed = isReverse };
        EndMask(name);
        _zeroesMissing = isBidirectional || cell.ZeroesMissing;
        _lastRecurrent = layers.Count;
        _isTimeMajor |= cell.IsTimeMajor;
        return isReverse ? Direction.Reverse : Direction.Forward;
    }

    /// <summary>Takes in a layer that makes something of steps, and knows nothing of missing ones unless it is said.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="kind">Its class.</param>
    /// <param name="knowsMasks">Whether it leaves missing steps out.</param>
    public void RequireSteps(string name, string kind, bool knowsMasks = false)
    {
        if (!HasSteps)
        {
            throw new ModelFormatException($"layer '{name}': {kind} expects a sequence, found a row.");
        }

        if (!knowsMasks)
        {
            RequireNoMask(name, kind);
        }

        TurnAround(name);
    }

    /// <summary>Keras computes layers that know nothing of masks with missing steps as if they were there.</summary>
    public void RequireNoMask(string name, string kind)
    {
        if (HasMask && Position is { IsSequence: true, IsMade: false })
        {
            throw new ModelFormatException(
                $"layer '{name}': a mask reaches {kind}, which ignores it: Keras computes with missing steps as if they were "
                + "there. That is not supported.");
        }
    }

    /// <summary>Refuses a layer that needs the mask, where Keras has not handed it on.</summary>
    public void RequireMask(string name, string kind)
    {
        if (Position is { IsSequence: true, MaskEnd: { } end })
        {
            throw new ModelFormatException(
                $"layer '{name}': the mask ends at '{end}', as in Keras since 3.16, and {kind} computes with missing steps as if "
                + "they were there. That is not supported.");
        }
    }

    /// <summary>Takes in a layer that hands no mask on in new versions of Keras.</summary>
    public void EndMask(string name)
    {
        if (version.EndsMasks && HasMask && Position is { IsSequence: true, IsMade: false })
        {
            Position = Position with { MaskEnd = name };
        }
    }

    /// <summary>Brings steps that are the other way round into Keras's order.</summary>
    public void TurnAround(string name)
    {
        if (Position is not { IsSequence: true, IsReversed: true })
        {
            return;
        }

        if (HasMask)
        {
            throw new ModelFormatException(
                $"layer '{name}': a mask with go_backwards whose steps are put out or joined with others is not supported; "
                + "Keras does not reverse the mask with them.");
        }

        layers.Add(name, new ReverseLayer(layers.Size!.Value));
        Position = Position with { IsReversed = false };
    }

    /// <summary>Makes the model of a list of layers.</summary>
    public ImportedModel Build(string format)
    {
        TurnAround("go_backwards");
        return layers.Build(
            format,
            Position.IsSequence ? ModelOutput.EveryStep : ModelOutput.FinalState,
            MakeMasking(),
            _isTimeMajor ? SequenceLayout.TimeMajor : SequenceLayout.BatchMajor);
    }

    /// <summary>Makes the model of layers that name what they read.</summary>
    public ImportedModel Build(string format, IReadOnlyList<NamedOutput> outputs) => layers.BuildGraph(
        format, outputs, MakeMasking(), _isTimeMajor ? SequenceLayout.TimeMajor : SequenceLayout.BatchMajor);

    private Masking? MakeMasking()
    {
        Masking? masking = _missingValue is { } value
            ? new Masking { Value = value, Output = _zeroesMissing ? MissingOutput.Zero : MissingOutput.Repeat }
            : null;
        if (masking is not null && Position.IsSequence && _lastRecurrent != layers.Count - 1)
        {
            layers.Note(
                ImportNoteKind.Assumed, "mask",
                masking.Output == MissingOutput.Zero
                    ? "a missing step puts out 0; Keras puts out what the layers behind the last recurrent one make of 0."
                    : "missing steps before the first that is there put out 0; Keras puts out what the layers behind the "
                        + "last recurrent one make of 0.");
        }

        return masking;
    }
}
