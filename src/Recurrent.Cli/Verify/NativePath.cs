using Recurrent.Layers;

namespace Recurrent.Cli.Verify;

/// <summary>The native kernels of one instruction set.</summary>
internal sealed class NativePath(string name, InstructionSet instructionSet) : VerifyPath<float>(name)
{
    /// <summary>The best instruction set of the machine.</summary>
    public static NativePath Default { get; } = new("native", InstructionSet.Auto);

    protected override ISession<float> Open(SequenceRequest request)
    {
        // The session keeps what it needs of the model.
        using var model = RecurrentModel.Create(request.Model, new ModelOptions { InstructionSet = instructionSet });
        return model.OpenSession(request.Batch);
    }

    protected override IGradientSession<float> Open(ModelDefinition model) =>
        GradientSession.Open(model, new GradientSessionOptions { InstructionSet = instructionSet });
}
