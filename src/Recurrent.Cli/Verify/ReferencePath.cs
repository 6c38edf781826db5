using System.Numerics;
using Recurrent.Layers;
using Recurrent.Reference;

namespace Recurrent.Cli.Verify;

/// <summary>The managed reference, as canonical arithmetic in float or as the oracle in double.</summary>
/// <typeparam name="T">The number type.</typeparam>
/// <param name="name">Its name.</param>
/// <param name="weights">The format of the weights of recurrent layers.</param>
internal sealed class ReferencePath<T>(string name, WeightFormat weights = WeightFormat.Float32) : VerifyPath<T>(name)
    where T : IFloatingPointIeee754<T>
{
    protected override ISession<T> Open(SequenceRequest request) =>
        ReferenceModel<T>.Create(request.Model, weights).OpenSession(request.Batch);

    protected override IGradientSession<T> Open(ModelDefinition model) => ReferenceGradientSession<T>.Open(model);
}
