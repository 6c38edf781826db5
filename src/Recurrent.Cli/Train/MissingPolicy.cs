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

    /// <summary>
    /// Predictions: of two small forecasters that are fitted on what is there of the training part. What is trained on is
    /// filled from both sides of a gap, what judges the model from the past alone.
    /// </summary>
    Predicted = 7,
}
