namespace Recurrent.Formats.Onnx;

/// <summary>What a <see cref="FeatureSpread"/> is.</summary>
internal enum SpreadKind
{
    /// <summary>The square of each feature's distance from the mean.</summary>
    Squares,

    /// <summary>Their mean.</summary>
    Variance,

    /// <summary>The root of that.</summary>
    Deviation,

    /// <summary>One divided by that.</summary>
    Inverse,
}
