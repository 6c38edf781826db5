using System.Numerics;
using Recurrent.Layers;
using Recurrent.Reference;

namespace Recurrent.Cli.Verify;

/// <summary>The managed reference, as canonical arithmetic in float or as the oracle in double.</summary>
/// <typeparam name="T">The number type.</typeparam>
/// <param name="name">Its name.</param>
/// <param name="formats">The formats of weights; null for those that a request names.</param>
internal sealed class ReferencePath<T>(string name, ModelOptions? formats = null) : VerifyPath<T>(name)
    where T : IFloatingPointIeee754<T>
{
    protected override ISession<T> Open(SequenceRequest request)
    {
        ModelOptions used = formats ?? request.Formats;
        return ReferenceModel<T>.Create(request.Model, used.Weights, used.Layers).OpenSession(request.Batch);
    }

    protected override IGradientSession<T> Open(ModelDefinition model) => ReferenceGradientSession<T>.Open(model);
}
