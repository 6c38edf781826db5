using Recurrent.Layers;

namespace Recurrent.Tests.Support;

/// <summary>Models that tests of the API share.</summary>
internal static class Models
{
    /// <summary>Input 2, LSTM of 3, so output 3 and a state of 6.</summary>
    public static RecurrentModel Lstm(Direction direction = Direction.Forward) =>
        RecurrentModel.Create(
            new LayerCase { Cell = CellKind.Lstm, Size = 3, Direction = direction }.Create(2, new RandomFloats(1)));

    /// <summary>A model whose run of some hundred steps takes long enough to be met while it lasts.</summary>
    public static RecurrentModel Slow() =>
        RecurrentModel.Create(new LayerCase { Cell = CellKind.Lstm, Size = 256 }.Create(256, new RandomFloats(1)));
}
