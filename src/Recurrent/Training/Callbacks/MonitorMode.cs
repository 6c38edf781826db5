namespace Recurrent.Training;

/// <summary>Which way a figure gets better.</summary>
public enum MonitorMode
{
    /// <summary>Higher is better for figures with "accuracy" in their name, lower for all others.</summary>
    Auto = 0,

    /// <summary>Lower is better.</summary>
    Min = 1,

    /// <summary>Higher is better.</summary>
    Max = 2,
}
