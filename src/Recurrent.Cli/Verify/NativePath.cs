using Recurrent.Layers;

namespace Recurrent.Cli.Verify;

/// <summary>The native kernels of one instruction set.</summary>
/// <param name="name">Its name.</param>
/// <param name="instructionSet">The instruction set.</param>
/// <param name="formats">The formats of weights; null for those that a request names.</param>
internal sealed class NativePath(
    string name, InstructionSet instructionSet, ModelOptions? formats = null) : VerifyPath<float>(name)
{
    /// <summary>The best instruction set of the machine.</summary>
    public static NativePath Default { get; } = new("native", InstructionSet.Auto);

    /// <summary>The same with weights of other formats than those of a request.</summary>
    public static NativePath Of(ModelOptions formats) => new("native", InstructionSet.Auto, formats);

    protected override ISession<float> Open(SequenceRequest request)
    {
        // The session keeps what it needs of the model.
        using var model = RecurrentModel.Create(
            request.Model, (formats ?? request.Formats) with { InstructionSet = instructionSet });
        return model.OpenSession(request.Batch);
    }

    protected override IGradientSession<float> Open(ModelDefinition model) =>
        GradientSession.Open(model, new GradientSessionOptions { InstructionSet = instructionSet });
}
