namespace Recurrent.Reference;

/// <summary>What a dropout mask is for; the numbers are part of its formula.</summary>
internal enum DropoutPurpose
{
    /// <summary>Every element of every step.</summary>
    Elements = 0,

    /// <summary>Features, in all steps of a sequence.</summary>
    Input = 1,

    /// <summary>The state that recurs, in all steps of a sequence.</summary>
    State = 2,
}
