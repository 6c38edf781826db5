using Recurrent.Layers;

namespace Recurrent.Cli.Verify;

/// <summary>The native kernels of one instruction set.</summary>
/// <param name="name">Its name.</param>
/// <param name="instructionSet">The instruction set.</param>
/// <param name="weights">The format of the weights of recurrent layers.</param>
internal sealed class NativePath(
    string name, InstructionSet instructionSet, WeightFormat weights = WeightFormat.Float32) : VerifyPath<float>(name)
{
    /// <summary>The best instruction set of the machine.</summary>
    public static NativePath Default { get; } = new("native", InstructionSet.Auto);

    /// <summary>The same with weights of a format.</summary>
    public static NativePath Of(WeightFormat weights) => new("native", InstructionSet.Auto, weights);

    protected override ISession<float> Open(SequenceRequest request)
    {
        // The session keeps what it needs of the model.
        using var model = RecurrentModel.Create(
            request.Model, new ModelOptions { InstructionSet = instructionSet, Weights = weights });
        return model.OpenSession(request.Batch);
    }

    protected override IGradientSession<float> Open(ModelDefinition model) =>
        GradientSession.Open(model, new GradientSessionOptions { InstructionSet = instructionSet });
}
