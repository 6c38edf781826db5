using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>Layers that are appended one after the other, each keeping every feature where it is.</summary>
internal sealed class Chain : IElementwise<Chain>
{
    // What a layer and its value take, in numbers of shapes.
    private const int NodeShapes = 4;

    private readonly NodeContext _context;
    private readonly string _name;
    private readonly int _size;
    private int _count;

    public Chain(NodeContext context, FlowValue flow, string name)
    {
        _context = context;
        _name = name;
        _size = Flows.KnownSize(context, flow);
        Result = flow;
    }

    public FlowValue Result { get; private set; }

    public Chain Begin(string name) => new(_context, Result, name);

    public Chain Then(Activation activation) => Add(new ActivationLayer(_size, activation));

    public Chain Scale(float factor, float offset = 0)
    {
        _context.Take(4L * _size, areFloating: true);
        return Add(new ScaleLayer(
            FeatureConstants.Filled(_size, factor), offset == 0 ? [] : FeatureConstants.Filled(_size, offset)));
    }

    public Chain Scale(float[] factors) => Add(new ScaleLayer(factors));

    public Chain Plus(Chain other) => Join(new SumLayer(_size), other);

    public Chain Times(Chain other) => Join(new ProductLayer(_size), other);

    private Chain Add(Layer layer)
    {
        _context.TakeShape(NodeShapes);
        Result = Result.From(new LayerNode(NextName(), Result.Read, layer, Result.Source.Rows));
        return this;
    }

    private Chain Join(Layer layer, Chain other)
    {
        _context.TakeShape(NodeShapes);
        // The directions of a layer are one value as soon as another is beside it.
        FlowRead[] reads = [Result.Read, other.Result.Read];
        int dimension = Flows.FeatureDimension(Result);
        FlowValue joined = Result.From(new StructureNode(NextName(), layer, Result.Kind, reads));
        Axis features = new($"{_context.Name}.features", _size, OnnxAxis.Features);
        Result = joined.With(
            [.. joined.Groups.Select((group, i) => i == dimension && group.Length > 0 ? (Axis[])[features] : group)], features, [], null);
        return this;
    }

    private string NextName() => $"{_context.Name}.{_name}{(_count++ == 0 ? "" : $"_{_count}")}";
}
