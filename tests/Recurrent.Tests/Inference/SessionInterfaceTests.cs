using Recurrent.Layers;
using Recurrent.Reference;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Inference;

/// <summary>One session stands in for the other.</summary>
public sealed class SessionInterfaceTests
{
    private static readonly ModelDefinition Definition =
        new([new LayerCase { Cell = CellKind.Lstm, Size = 3 }.Create(2, new RandomFloats(1))]);

    [Fact]
    public void Whoever_takes_a_session_takes_either()
    {
        using RecurrentModel model = RecurrentModel.Create(Definition);
        using ISession<float> native = model.OpenSession(2);
        using ISession<float> reference = ReferenceModel<float>.Create(Definition).OpenSession(2);
        Assert.Equal(Use(reference), Use(native));

        static float[] Use(ISession<float> session)
        {
            float[] x = new RandomFloats(2).Inputs(12);
            float[] y = new float[3 * session.Batch * 3];
            session.Run(x, y, 3);
            float[] states = new float[session.Batch * session.StateSize];
            session.SaveState(states);
            session.Reset();
            float[] step = new float[session.Batch * 3];
            session.Step([x.AsMemory(0, 4)], [step]);
            session.LoadState(1, 1, states.AsSpan(session.StateSize));
            float[] hidden = new float[session.Batch * 3];
            session.GetState(0, Direction.Forward, StateKind.Hidden, hidden);
            return [.. y, .. states, .. step, .. hidden];
        }
    }

    [Fact]
    public void Whoever_takes_a_gradient_session_takes_either()
    {
        using IGradientSession<float> native = GradientSession.Open(Definition);
        using IGradientSession<float> reference = ReferenceGradientSession<float>.Open(Definition);
        (float[] expected, double expectedNorm) = Use(reference);
        (float[] actual, double actualNorm) = Use(native);
        Assert.Equal(expected, actual);
        Assert.Equal(expectedNorm, actualNorm, expectedNorm * 1e-5);

        static (float[] Outputs, double Norm) Use(IGradientSession<float> session)
        {
            float[] x = new RandomFloats(2).Inputs(12);
            float[] y = new float[18];
            session.Forward(new GradientBatch<float> { X = x, Time = 3, Batch = 2 }, y);
            session.Backward(y);
            return (y, session.GradientNorm());
        }
    }
}
