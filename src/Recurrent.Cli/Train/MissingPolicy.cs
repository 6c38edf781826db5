namespace Recurrent.Cli.Train;

/// <summary>What is done about values that are missing.</summary>
internal enum MissingPolicy
{
    /// <summary>The file is refused.</summary>
    Refuse = 0,

    /// <summary>Their steps are left out.</summary>
    Drop = 1,

    /// <summary>The mean of the training part.</summary>
    Mean = 2,

    /// <summary>Its median.</summary>
    Median = 3,

    /// <summary>The value that it has most often.</summary>
    Mode = 4,

    /// <summary>The value before.</summary>
    Previous = 5,

    /// <summary>The model skips their steps.</summary>
    Mask = 6,
}
