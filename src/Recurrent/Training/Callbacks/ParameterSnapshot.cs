namespace Recurrent.Training;

/// <summary>The parameters of a model at some time.</summary>
public sealed class ParameterSnapshot
{
    internal ParameterSnapshot(Array values)
    {
        Values = values;
    }

    internal Array Values { get; }
}
