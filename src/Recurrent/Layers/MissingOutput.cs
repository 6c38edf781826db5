namespace Recurrent.Layers;

/// <summary>What a model puts out at a step that is missing.</summary>
public enum MissingOutput
{
    /// <summary>The output of the last step before that was there; 0 if there was none since the last reset.</summary>
    Repeat = 0,

    /// <summary>0.</summary>
    Zero = 1,
}
