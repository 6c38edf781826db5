namespace Recurrent.Training;

/// <summary>What takes the place of missing values.</summary>
public enum FillStatistic
{
    /// <summary>The mean.</summary>
    Mean = 0,

    /// <summary>The median; of an even number of values the mean of the two in the middle.</summary>
    Median = 1,

    /// <summary>The value that is there most often; of several the least one.</summary>
    Mode = 2,
}
