using System.Numerics;
using Recurrent.Layers;
using Recurrent.Reference;

namespace Recurrent.Training;

/// <summary>Training in plain C#.</summary>
internal sealed class ReferenceEngine<T>(ModelDefinition definition, TrainingOptions options) : IGradientEngine<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly ReferenceGradientSession<T> _session =
        ReferenceGradientSession<T>.Open(definition, options.Dropout);

    public ModelDefinition Definition => _session.Definition;

    public IReadOnlyList<ParameterBlock> Blocks => _session.Blocks;

    public int ParameterCount => _session.ParameterCount;

    public int StateSize => _session.StateSize;

    public string InstructionSet => $"reference {typeof(T).Name}";

    public string GemmProvider => "reference";

    public void GetParameters(Span<T> values) => _session.GetParameters(values);

    public void SetParameters(ReadOnlySpan<T> values) => _session.SetParameters(values);

    public void KeepParameters(bool keeps) => _session.KeepParameters(keeps);

    public void RestoreParameters() => _session.RestoreParameters();

    public void GetGradients(Span<T> values) => _session.GetGradients(values);

    public void ZeroGradients() => _session.ZeroGradients();

    public double Regularize(int block, double l1, double l2) => _session.Regularize(block, l1, l2);

    public double GradientNorm(int block = -1) => _session.GradientNorm(block);

    public void Forward(in GradientBatch<T> batch, Span<T> y, Span<T> finalStates) =>
        _session.Forward(batch, y, finalStates);

    public void Backward(ReadOnlySpan<T> dy) => _session.Backward(dy);

    public void Update(in OptimizerStep step) => _session.Update(step);

    public void GetMoments(Span<T> values) => _session.GetMoments(values);

    public void SetMoments(ReadOnlySpan<T> values) => _session.SetMoments(values);

    public ModelDefinition ToDefinition() => _session.ToDefinition();

    public void Dispose()
    {
    }
}
