using System.Numerics;
using Recurrent.Layers;
using Recurrent.Reference;

namespace Recurrent.Cli.Verify;

/// <summary>The managed reference, as canonical arithmetic in float or as the oracle in double.</summary>
internal sealed class ReferencePath<T>(string name) : VerifyPath<T>(name)
    where T : IFloatingPointIeee754<T>
{
    protected override ISession<T> Open(SequenceRequest request) =>
        ReferenceModel<T>.Create(request.Model).OpenSession(request.Batch);

    protected override IGradientSession<T> Open(ModelDefinition model) => ReferenceGradientSession<T>.Open(model);
}
