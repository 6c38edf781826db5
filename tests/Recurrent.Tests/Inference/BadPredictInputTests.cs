using Recurrent.Layers;
using Recurrent.Reference;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Inference;

/// <summary>
/// Misuse of Predict is refused alike by the native model and the reference, with the argument's name, what was expected
/// and what was found; the model goes on.
/// </summary>
public sealed class BadPredictInputTests : IDisposable
{
    private const int Batch = 2;
    private const int Time = 2;

    private readonly RecurrentModel _model;
    private readonly ReferenceModel<float> _reference;
    private readonly RecurrentModel _words;
    private readonly ReferenceModel<float> _wordReference;
    private readonly float[] _x = new RandomFloats(3).Inputs(Batch * Time * 3);
    private readonly float[] _expected;

    public BadPredictInputTests()
    {
        RandomFloats random = new(1);
        Layer embedding = new LayerCase { Cell = CellKind.Embedding, Size = 3 }.Create(7, random);
        Layer lstm = new LayerCase { Cell = CellKind.Lstm, Size = 4 }.Create(3, random);
        ModelDefinition features = new([lstm]);
        ModelDefinition words = new([embedding, lstm], ModelOutput.LastStep, new Masking());
        _model = RecurrentModel.Create(features);
        _reference = ReferenceModel<float>.Create(features);
        _words = RecurrentModel.Create(words);
        _wordReference = ReferenceModel<float>.Create(words);
        _expected = _model.Predict(_x, Batch, Time);
    }

    public void Dispose()
    {
        // Nothing that was refused has left anything.
        Assert.Equal(_expected, _model.Predict(_x, Batch, Time));
        _model.Dispose();
        _words.Dispose();
    }

    [Theory]
    [InlineData(-1, 2, "batch", "batch: expected 0 to")]
    [InlineData(int.MaxValue, 2, "batch", "batch: expected at most")]
    [InlineData(2, -1, "time", "time: expected 0 to")]
    [InlineData(2, 3, "x", "x: expected exactly [time, batch, InputSize] = [3, 2, 3] (18 elements), found 12 elements")]
    [InlineData(3, 2, "x", "found 12 elements")]
    [InlineData(2, int.MaxValue, "x", "12884901882 elements")]
    public void Shapes_that_do_not_fit(int batch, int time, string name, string text)
    {
        Require(name, text, () => _model.Predict(_x, batch, time));
        Require(name, text, () => _reference.Predict(_x, batch, time));
        Require(name, text, () => _model.Predict(_x, batch, time, new float[16]));
        Require(name, text, () => _reference.Predict(_x, batch, time, new float[16]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(17)]
    public void Outputs_that_do_not_fit(int length)
    {
        const string Text = "y: expected exactly [time, batch, OutputSize] = [2, 2, 4] (16 elements), found";
        Require("y", Text, () => _model.Predict(_x, Batch, Time, new float[length]));
        Require("y", Text, () => _reference.Predict(_x, Batch, Time, new float[length]));
        Require("y", "expected [batch, OutputSize] = [2, 4]", () =>
            _words.PredictIndices([1, 2, 3, 4], Batch, Time, new float[length]));
        Require("y", "expected [batch, OutputSize] = [2, 4]", () =>
            _wordReference.PredictIndices([1, 2, 3, 4], Batch, Time, new float[length]));
    }

    [Fact]
    public void Lengths_and_masks_that_do_not_fit()
    {
        Require("lengths", "lengths: expected [batch] = [2], found 1", () => _model.Predict(_x, Batch, Time, [1]));
        Require("lengths", "lengths: expected [batch] = [2], found 1", () => _reference.Predict(_x, Batch, Time, [1]));
        Require("lengths", "lengths[1]: expected 0 to time = 2, found 3", () =>
            _words.PredictIndices([1, 2, 3, 4], Batch, Time, [2, 3]));
        Require("lengths", "lengths[1]: expected 0 to time = 2, found -1", () =>
            _wordReference.PredictIndices([1, 2, 3, 4], Batch, Time, [2, -1]));
        Require("mask.Present", "found 3", () =>
            _words.PredictIndices([1, 2, 3, 4], Batch, Time, new SequenceMask { Present = new bool[3] }));
        Require("mask.Present", "the model has no Masking", () =>
            _model.Predict(_x, Batch, Time, new SequenceMask { Present = new bool[4] }));
        Require("mask.Lengths", "found 3", () =>
            _wordReference.PredictIndices([1, 2, 3, 4], Batch, Time, new SequenceMask { Lengths = [1, 1, 1] }));
    }

    [Fact]
    public void Features_where_indices_are_taken_and_indices_where_features_are()
    {
        const string ForIndices = "expected a call of PredictIndices, because the model begins with an embedding";
        const string ForFeatures = "expected a call of Predict, because the model does not begin with an embedding";
        int token = 3;
        Require("x", ForIndices, () => _words.Predict([token, 1], 1, 2));
        Require("x", ForIndices, () => _wordReference.Predict([token, 1], 1, 2));
        Require("x", ForIndices, () => _words.Predict([token, 1], 1, 2, new float[4]));
        Require("indices", ForFeatures, () => _model.PredictIndices([token, 1], 1, 2));
        Require("indices", ForFeatures, () => _reference.PredictIndices([token, 1], 1, 2, [2]));
        Require("indices", "indices[1]: expected 0 to 6", () => _words.PredictIndices([token, 7], 1, 2));
        Require("indices", "indices[1]: expected 0 to 6", () => _wordReference.PredictIndices([token, -1], 1, 2));
    }

    [Fact]
    public void An_output_that_overlaps_the_input()
    {
        float[] memory = new float[32];
        Require("y", "apart from x", () => _model.Predict(memory.AsSpan(0, 12), Batch, Time, memory.AsSpan(11, 16)));
        Require("y", "apart from x", () =>
            _reference.Predict(memory.AsSpan(0, 12), Batch, Time, memory.AsSpan(11, 16)));
        _model.Predict(memory.AsSpan(0, 12), Batch, Time, memory.AsSpan(12, 16));
    }

    [Fact]
    public void An_order_of_axes_that_there_is_not()
    {
        Require("layout", "expected one of", () => _model.Predict(_x, Batch, Time, (SequenceLayout)2));
        Require("layout", "expected one of", () => _reference.Predict(_x, Batch, Time, (SequenceLayout)2));
    }

    [Fact]
    public void A_model_that_is_disposed()
    {
        RecurrentModel model = Models.Lstm();
        model.Predict([1, 2], 1, 1);
        model.Dispose();
        model.Dispose();
        ObjectDisposedException exception =
            Assert.Throws<ObjectDisposedException>(() => model.Predict([1, 2], 1, 1));
        Assert.Equal(typeof(RecurrentModel).FullName, exception.ObjectName);
        Assert.Throws<ObjectDisposedException>(() => model.Predict([1, 2], 1, 1, new float[3]));
        Assert.Throws<ObjectDisposedException>(() => model.Predict([1, 2], 1, 1, [1], new float[3]));
        Assert.Throws<ObjectDisposedException>(() => model.PredictIndices([1], 1, 1));
        Assert.Throws<ObjectDisposedException>(() => model.OpenSession());
    }

    private static void Require(string name, string text, Action action)
    {
        ArgumentException exception = Assert.ThrowsAny<ArgumentException>(action);
        Assert.Equal(name, exception.ParamName);
        Assert.Contains(text, exception.Message, StringComparison.Ordinal);
    }
}
