namespace Recurrent.Formats.Onnx;

/// <summary>
/// Cells of which a graph has one step, with their states as its inputs and outputs, as the layers that they are: of one step,
/// from these states. What is put out as a state is the layer's last state, anything else reads its step.
/// </summary>
internal sealed class CellRewriting
{
    private readonly GraphProto _graph;
    private readonly CellNodes _nodes;

    private CellRewriting(GraphProto graph, long operatorSet)
    {
        _graph = graph;
        _nodes = new CellNodes(operatorSet);
    }

    /// <summary>Rewrites the cells of a graph, if it has any.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="operatorSet">Its operator set.</param>
    public static void Apply(GraphProto? graph, long operatorSet)
    {
        if (graph is null || !graph.Node.Any(node => node.OpType is "Gemm" or "MatMul") || graph.Input.Count < 2)
        {
            return;
        }

        var proto = new ProtoGraph(graph);
        CellPattern[] cells =
        [
            .. graph.Node.Where(node => node.OpType is "Mul" or "Add" or "Tanh" or "Relu" or "Gemm" && node.Output.Count == 1)
                .Select(node => CellPattern.Of(proto, node.Output[0])).OfType<CellPattern>(),
        ];
        if (cells.Length is > 0 and <= LayerListBuilder.MaxLayers)
        {
            new CellRewriting(graph, operatorSet).Replace(proto, cells);
        }
    }

    private void Replace(ProtoGraph proto, IReadOnlyList<CellPattern> cells)
    {
        var replaced = new HashSet<string>(StringComparer.Ordinal);
        foreach (CellPattern cell in cells)
        {
            string step = $"{cell.NewHidden}/step";
            foreach (NodeProto reader in proto.Readers(cell.NewHidden).Where(reader => !proto.HandsOut(reader)))
            {
                for (int i = 0; i < reader.Input.Count; i++)
                {
                    reader.Input[i] = reader.Input[i] == cell.NewHidden ? step : reader.Input[i];
                }
            }

            replaced.Add(cell.NewHidden);
            if (cell.NewCell is { } state)
            {
                replaced.Add(state);
            }
        }

        NodeProto[] kept = [.. _graph.Node.Where(node => !node.Output.Any(replaced.Contains))];
        _graph.Node.Clear();
        _graph.Node.AddRange(kept);
        foreach (CellPattern cell in cells)
        {
            // A step may be the input of the next cell, whose pattern has its old name.
            string input = cells.Any(other => other.NewHidden == cell.Input.Value) ? $"{cell.Input.Value}/step" : cell.Input.Value;
            _graph.Node.AddRange(_nodes.Of(cell, input, $"{cell.NewHidden}/step"));
        }
    }
}
