using Recurrent.Layers;

namespace Recurrent.Training;

/// <summary>Native training.</summary>
internal sealed class NativeEngine : IGradientEngine<float>
{
    private readonly GradientSession _session;

    public NativeEngine(ModelDefinition definition, TrainingOptions options)
    {
        _session = GradientSession.Open(definition, new GradientSessionOptions
        {
            InstructionSet = options.InstructionSet,
            GemmProvider = options.GemmProvider,
            Threads = options.Threads,
            Dropout = options.Dropout,
        });
        InstructionSet = _session.InstructionSet.ToString();
        GemmProvider = _session.GemmProvider.ToString();
    }

    public ModelDefinition Definition => _session.Definition;

    public IReadOnlyList<ParameterBlock> Blocks => _session.Blocks;

    public int ParameterCount => _session.ParameterCount;

    public int StateSize => _session.StateSize;

    public string InstructionSet { get; }

    public string GemmProvider { get; }

    public void GetParameters(Span<float> values) => _session.GetParameters(values);

    public void SetParameters(ReadOnlySpan<float> values) => _session.SetParameters(values);

    public void KeepParameters(bool keeps) => _session.KeepParameters(keeps);

    public void RestoreParameters() => _session.RestoreParameters();

    public void GetGradients(Span<float> values) => _session.GetGradients(values);

    public void ZeroGradients() => _session.ZeroGradients();

    public double Regularize(int block, double l1, double l2) => _session.Regularize(block, l1, l2);

    public double GradientNorm(int block = -1) => _session.GradientNorm(block);

    public void Forward(in GradientBatch<float> batch, Span<float> y, Span<float> finalStates) =>
        _session.Forward(batch, y, finalStates);

    public void Backward(ReadOnlySpan<float> dy) => _session.Backward(dy);

    public void Update(in OptimizerStep step) => _session.Update(step);

    public void GetMoments(Span<float> values) => _session.GetMoments(values);

    public void SetMoments(ReadOnlySpan<float> values) => _session.SetMoments(values);

    public ModelDefinition ToDefinition() => _session.ToDefinition();

    public void Dispose() => _session.Dispose();
}
