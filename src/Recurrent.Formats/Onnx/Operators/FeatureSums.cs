using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>Sums and means of the features of a step: dense layers of one output.</summary>
internal static class FeatureSums
{
    /// <summary>Appends the layer.</summary>
    /// <param name="context">The node.</param>
    /// <param name="flow">The data.</param>
    /// <param name="reduced">The dimensions of the result.</param>
    /// <param name="isMean">Whether the sum is divided by the number of features.</param>
    public static FlowValue Create(NodeContext context, FlowValue flow, FlowValue reduced, bool isMean)
    {
        flow = Flows.Complete(context, flow, "features");
        int size = Flows.KnownSize(context, flow);
        context.Take(size, areFloating: true);
        float[] kernel = new float[size];
        kernel.AsSpan().Fill(isMean ? 1f / size : 1);
        DenseLayer layer = new(new DenseSpecification { InputSize = size, OutputSize = 1 }, DenseWeights.Wrap(kernel));
        return new FlowValue
        {
            Source = new LayerNode(context.Name, flow.Read, layer, []),
            Kind = flow.Kind,
            Groups = reduced.Groups,
            Features = new Axis($"{context.Name}.features", 1, OnnxAxis.Features),
        };
    }

    /// <summary>A single feature as often as there are features beside it.</summary>
    public static FlowValue Copies(NodeContext context, FlowValue flow, int dimension, int size)
    {
        context.Take(size, areFloating: true);
        float[] kernel = new float[size];
        kernel.AsSpan().Fill(1);
        DenseLayer layer = new(new DenseSpecification { InputSize = 1, OutputSize = size }, DenseWeights.Wrap(kernel));
        return Flows.Append(context, flow, new LayerNode($"{context.Name}.copies", flow.Read, layer, []), size, dimension);
    }
}
