namespace Recurrent.Training;

/// <summary>Which way a metric gets better.</summary>
public enum MonitorMode
{
    /// <summary>Higher is better for metrics with "accuracy" in their name, lower for all others.</summary>
    Auto = 0,

    /// <summary>Lower is better.</summary>
    Min = 1,

    /// <summary>Higher is better.</summary>
    Max = 2,
}
