namespace Recurrent.Formats.Onnx;

/// <summary>
/// <c>Scan</c> over the steps of sequences as the <c>Loop</c> that it is: one that takes the step of each sequence by its
/// number. What a loop cannot say stays a <c>Scan</c>.
/// </summary>
internal static class ScanRewriting
{
    public static void Apply(GraphProto? graph)
    {
        if (graph is null || !graph.Node.Any(node => node.OpType == "Scan"))
        {
            return;
        }

        NodeProto[] nodes = [.. graph.Node];
        graph.Node.Clear();
        foreach (NodeProto node in nodes)
        {
            graph.Node.AddRange(node.OpType == "Scan" && node.Domain is "" or "ai.onnx" ? Loop(node) ?? [node] : [node]);
        }
    }

    /// <summary>The nodes of a loop; null if the scan is another one.</summary>
    private static List<NodeProto>? Loop(NodeProto scan)
    {
        GraphProto? body = Find(scan, "body")?.G;
        long count = Find(scan, "num_scan_inputs")?.I ?? 0;
        if (body is null || count < 1 || count > scan.Input.Count || body.Input.Count != scan.Input.Count
            || Integers(scan, "scan_input_directions").Concat(Integers(scan, "scan_output_directions")).Any(direction => direction != 0))
        {
            return null;
        }

        int states = scan.Input.Count - (int)count;
        string prefix = $"{(scan.Name.Length > 0 ? scan.Name : scan.Output.FirstOrDefault(""))}/scan/";
        List<NodeProto> nodes = [];
        GraphProto steps = new() { Name = body.Name, Initializer = { body.Initializer } };
        steps.Input.Add(new ValueInfoProto { Name = $"{prefix}i" });
        steps.Input.Add(new ValueInfoProto { Name = $"{prefix}going" });
        steps.Input.AddRange(body.Input.Take(states));
        long[] axes = Integers(scan, "scan_input_axes");
        for (int i = 0; i < count; i++)
        {
            if (First(nodes, scan.Input[states + i], axes.ElementAtOrDefault(i), $"{prefix}{i}") is not { } sequence)
            {
                return null;
            }

            steps.Node.Add(Node("Gather", $"{prefix}step_{i}", [sequence, $"{prefix}i"], body.Input[states + i].Name));
            if (i == 0)
            {
                nodes.Add(Node("Shape", $"{prefix}shape", [sequence], $"{prefix}lengths"));
            }
        }

        nodes.Add(Node("Constant", $"{prefix}time", [], $"{prefix}zero", new AttributeProto { Name = "value_int", I = 0, Type = 2 }));
        nodes.Add(Node("Gather", $"{prefix}trips", [$"{prefix}lengths", $"{prefix}zero"], $"{prefix}length"));
        steps.Node.AddRange(body.Node);
        steps.Node.Add(Node("Identity", $"{prefix}condition", [$"{prefix}going"], $"{prefix}goes_on"));
        steps.Output.Add(new ValueInfoProto { Name = $"{prefix}goes_on" });
        steps.Output.AddRange(body.Output);
        NodeProto loop = new() { OpType = "Loop", Name = scan.Name };
        loop.Input.AddRange([$"{prefix}length", "", .. scan.Input.Take(states)]);
        loop.Attribute.Add(new AttributeProto { Name = "body", G = steps, Type = 5 });
        nodes.Add(loop);
        long[] outputAxes = Integers(scan, "scan_output_axes");
        for (int i = 0; i < scan.Output.Count; i++)
        {
            long axis = i < states ? 0 : outputAxes.ElementAtOrDefault(i - states);
            long[]? order = axis switch { 0 => [], 1 or -2 => [1, 0, 2], _ => null };
            if (order is null)
            {
                return null;
            }

            bool isMoved = order.Length > 0 && scan.Output[i].Length > 0;
            string collected = isMoved ? $"{prefix}collected_{i}" : scan.Output[i];
            loop.Output.Add(collected);
            if (isMoved)
            {
                nodes.Add(Node("Transpose", $"{prefix}axes_{i}", [collected], scan.Output[i], Order(order)));
            }
        }

        return nodes;
    }

    /// <summary>The name of a sequence with its steps in the first dimension, of [time, batch, features] or [batch, time, features].</summary>
    private static string? First(List<NodeProto> nodes, string sequence, long axis, string name)
    {
        if (axis is 1 or -2)
        {
            nodes.Add(Node("Transpose", $"{name}/axes", [sequence], $"{name}/steps", Order([1, 0, 2])));
            return $"{name}/steps";
        }

        return axis is 0 or -3 ? sequence : null;
    }

    private static AttributeProto Order(long[] order) => new() { Name = "perm", Ints = { order }, Type = 7 };

    private static NodeProto Node(string kind, string name, string[] inputs, string output, params AttributeProto[] attributes) => new()
    {
        OpType = kind,
        Name = name,
        Input = { inputs },
        Output = { output },
        Attribute = { attributes },
    };

    private static AttributeProto? Find(NodeProto node, string name) => node.Attribute.FirstOrDefault(attribute => attribute.Name == name);

    private static long[] Integers(NodeProto node, string name) => Find(node, name) is { } attribute ? [.. attribute.Ints] : [];
}
