using System.Runtime.InteropServices;
using Recurrent.Layers;
using Recurrent.Reference;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Inference;

/// <summary>
/// Misuse of indices, masks and one-step outputs is refused alike by the native session and the reference, with the
/// argument's name, what was expected and what was found, and changes nothing.
/// </summary>
public sealed class BadModelInputTests : IDisposable
{
    private const int Batch = 2;

    private readonly RecurrentModel _words;
    private readonly RecurrentModel _features;
    private readonly Session _wordSession;
    private readonly Session _featureSession;
    private readonly ReferenceSession<float> _wordReference;
    private readonly ReferenceSession<float> _featureReference;
    private readonly float[] _states;

    public BadModelInputTests()
    {
        RandomFloats random = new(1);
        Layer embedding = new LayerCase { Cell = CellKind.Embedding, Size = 3 }.Create(7, random);
        Layer lstm = new LayerCase { Cell = CellKind.Lstm, Size = 3 }.Create(3, random);
        ModelDefinition words = new([embedding, lstm], ModelOutput.LastStep, new Masking());
        ModelDefinition features = new([lstm]);
        _words = RecurrentModel.Create(words);
        _features = RecurrentModel.Create(features);
        _wordSession = _words.OpenSession(Batch);
        _featureSession = _features.OpenSession(Batch);
        _wordReference = ReferenceModel<float>.Create(words).OpenSession(Batch);
        _featureReference = ReferenceModel<float>.Create(features).OpenSession(Batch);
        _states = new RandomFloats(5).States(Batch * _words.StateSize);
        _wordSession.LoadState(_states);
        _wordReference.LoadState(_states);
    }

    public void Dispose()
    {
        // Nothing that was refused has touched the states.
        float[] states = new float[_states.Length];
        _wordSession.SaveState(states);
        Assert.Equal(_states, states);
        _wordReference.SaveState(states);
        Assert.Equal(_states, states);
        _wordSession.Dispose();
        _featureSession.Dispose();
        _words.Dispose();
        _features.Dispose();
    }

    [Theory]
    [InlineData(new[] { 0, 7 }, "indices[1]: expected 0 to 6, the rows of the embedding's table, found 7")]
    [InlineData(new[] { -1, 6 }, "indices[0]: expected 0 to 6, the rows of the embedding's table, found -1")]
    [InlineData(new[] { 0, int.MinValue }, "found -2147483648")]
    [InlineData(new[] { 0 }, "[batch] = [2], found 1")]
    [InlineData(new[] { 0, 1, 2 }, "[batch] = [2], found 3")]
    public void A_step_of_wrong_indices(int[] indices, string text)
    {
        Require("indices", text, () => _wordSession.StepIndices(indices, new float[6]));
        Require("indices", text, () => _wordReference.StepIndices(indices, new float[6]));
    }

    [Theory]
    [InlineData(new[] { 0, 1, 7, 0 }, "indices[2]: expected 0 to 6")]
    [InlineData(new[] { 0, 1, 2, -3 }, "indices[3]: expected 0 to 6, the rows of the embedding's table, found -3")]
    [InlineData(new[] { 0, 1, 2 }, "[time, batch] = [2, 2] (4 elements), found 3")]
    public void A_run_of_wrong_indices(int[] indices, string text)
    {
        // Also where an index stands for nothing: past the end of a row, at a missing step.
        Require("indices", text, () => _wordSession.RunIndices(indices, new float[6], 2));
        Require("indices", text, () => _wordSession.RunIndices(indices, new float[6], 2, [1, 1]));
        Require("indices", text, () => _wordReference.RunIndices(indices, new float[6], 2, [1, 1]));
        Require("indices", text, () => _wordSession.RunIndices(
            indices, [], 2, new SequenceMask { Present = new bool[4] }));
        Require("indices", text, () => _wordReference.RunIndices(
            indices, [], 2, new SequenceMask { Present = new bool[4] }));
    }

    [Fact]
    public void Features_where_indices_are_taken_and_indices_where_features_are()
    {
        int[] indices = [0, 1];
        float[] x = new float[6];
        float[] y = new float[6];
        RequireMethod("StepIndices", () => _wordSession.Step(x, y));
        RequireMethod("StepIndices", () => _wordReference.Step(x, y));
        RequireMethod("RunIndices", () => _wordSession.Run(x, y, 1));
        RequireMethod("RunIndices", () => _wordSession.Run(x, y, 1, [1, 1]));
        RequireMethod("RunIndices", () => _wordReference.Run(x, y, 1, new SequenceMask()));
        // Numbers in brackets are features, be they variables of type int.
        RequireMethod("StepIndices", () => _wordSession.Step([indices[0], indices[1]], y));
        RequireMethod("Step", () => _featureSession.StepIndices(indices, y));
        RequireMethod("Step", () => _featureReference.StepIndices(indices, y));
        RequireMethod("Run", () => _featureSession.RunIndices(indices, y, 1));
        RequireMethod("Run", () => _featureSession.RunIndices(indices, y, 1, [1, 1]));
        RequireMethod("Run", () => _featureReference.RunIndices(indices, y, 1, new SequenceMask()));

        static void RequireMethod(string name, Action call)
        {
            bool takesIndices = name.EndsWith("Indices", StringComparison.Ordinal);
            Require(
                takesIndices ? "x" : "indices",
                takesIndices
                    ? $"expected a call of {name}, because the model begins with an embedding and takes indices; found "
                        + "features."
                    : $"expected a call of {name}, because the model does not begin with an embedding and takes "
                        + "features; found indices.",
                call);
        }
    }

    [Theory]
    [InlineData(5)]
    [InlineData(7)]
    [InlineData(12)]
    public void An_output_that_is_not_one_step(int length)
    {
        int[] indices = [0, 1, 2, 3];
        const string Text = "[batch, OutputSize] = [2, 3] (6 elements), found";
        Require("y", Text, () => _wordSession.RunIndices(indices, new float[length], 2));
        Require("y", Text, () => _wordReference.RunIndices(indices, new float[length], 2));
        Require("y", Text, () => _wordSession.RunIndices(indices, new float[length], 2, SequenceLayout.BatchMajor));
        Require("y", Text, () => _wordSession.RunIndices(Array.Empty<int>(), new float[length], 0));
    }

    [Fact]
    public void Masks_that_do_not_fit()
    {
        int[] indices = [0, 1, 2, 3];
        RequireMask("mask.Present", "[time, batch] = [2, 2] (4 elements), found 3", present: 3, lengths: 0);
        RequireMask("mask.Present", "found 5", present: 5, lengths: 0);
        RequireMask("mask.Lengths", "[batch] = [2], found 3", present: 4, lengths: 3);
        Require("mask.Lengths", "mask.Lengths[1]: expected 0 to time = 2, found 3", () =>
            _wordSession.RunIndices(indices, [], 2, new SequenceMask { Lengths = [0, 3] }));
        Require("mask.Present", "expected nothing, because the model has no Masking", () =>
            _featureSession.Run(new float[6], new float[6], 1, new SequenceMask { Present = [true, true] }));
        Require("mask.Present", "found 2 elements", () =>
            _featureReference.Run(new float[6], new float[6], 1, new SequenceMask { Present = [true, true] }));

        void RequireMask(string name, string text, int present, int lengths)
        {
            Require(name, text, () => _wordSession.RunIndices(
                indices, [], 2, new SequenceMask { Present = new bool[present], Lengths = new int[lengths] }));
            Require(name, text, () => _wordReference.RunIndices(
                indices, [], 2, new SequenceMask { Present = new bool[present], Lengths = new int[lengths] }));
        }
    }

    [Fact]
    public void An_output_that_overlaps_indices_lengths_or_mask()
    {
        byte[] memory = new byte[64];
        int[] indices = [0, 1];
        Require("y", "apart from indices, found an overlap (indices begins at byte 20 of y)", () =>
            _wordSession.StepIndices(
                MemoryMarshal.Cast<byte, int>(memory.AsSpan(20, 8)),
                MemoryMarshal.Cast<byte, float>(memory.AsSpan(0, 24))));
        Require("y", "apart from indices", () => _wordReference.StepIndices(
            MemoryMarshal.Cast<byte, int>(memory.AsSpan(20, 8)), MemoryMarshal.Cast<byte, float>(memory.AsSpan(0, 24))));
        Require("y", "apart from lengths", () => _wordSession.RunIndices(
            indices,
            MemoryMarshal.Cast<byte, float>(memory.AsSpan(4, 24)),
            1,
            MemoryMarshal.Cast<byte, int>(memory.AsSpan(0, 8))));
        Require("y", "apart from mask.Present", () => _wordSession.RunIndices(
            indices,
            MemoryMarshal.Cast<byte, float>(memory.AsSpan(1, 24)),
            1,
            new SequenceMask { Present = MemoryMarshal.Cast<byte, bool>(memory.AsSpan(0, 2)) }));
        // Neighbours are no overlap.
        using Session session = _words.OpenSession(Batch);
        session.StepIndices(
            MemoryMarshal.Cast<byte, int>(memory.AsSpan(24, 8)), MemoryMarshal.Cast<byte, float>(memory.AsSpan(0, 24)));
    }

    private static void Require(string name, string text, Action action)
    {
        ArgumentException exception = Assert.ThrowsAny<ArgumentException>(action);
        Assert.Equal(name, exception.ParamName);
        Assert.Contains(text, exception.Message, StringComparison.Ordinal);
    }
}
