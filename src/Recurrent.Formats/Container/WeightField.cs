namespace Recurrent.Formats.Container;

/// <summary>Weights of a direction by their bits in a file.</summary>
internal enum WeightField
{
    InputWeights = 0,
    RecurrentWeights = 1,
    InputBias = 2,
    RecurrentBias = 3,
    Peephole = 4,
    Projection = 5,
    InitialHidden = 6,
    InitialCell = 7,
}
