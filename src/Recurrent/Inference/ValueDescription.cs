using System.Runtime.CompilerServices;
using System.Text;
using Recurrent.Interop;
using Recurrent.Layers;

namespace Recurrent;

/// <summary>
/// The inputs and outputs of a graph, and what its layers read, as the native library takes them. Its memory does not move;
/// whoever passes an address on keeps this object alive.
/// </summary>
internal sealed unsafe class ValueDescription
{
    private readonly NativeInputDesc[] _inputs;
    private readonly NativeOutputDesc[] _outputs;
    private readonly byte[] _names;
    private readonly int[] _reads;
    private readonly (int First, int Count)[] _readsOf;

    public ValueDescription(LayerGraph graph)
    {
        _inputs = GC.AllocateArray<NativeInputDesc>(graph.Inputs.Count, pinned: true);
        _outputs = GC.AllocateArray<NativeOutputDesc>(graph.Outputs.Count, pinned: true);
        _names = GC.AllocateArray<byte>(
            graph.InputNames.Concat(graph.OutputNames).Sum(name => Encoding.UTF8.GetByteCount(name) + 1), pinned: true);
        _reads = GC.AllocateArray<int>(graph.Reads.Sum(read => read.Count), pinned: true);
        _readsOf = new (int First, int Count)[graph.Reads.Count];
        int end = 0;
        for (int i = 0; i < _inputs.Length; i++)
        {
            _inputs[i] = new NativeInputDesc
            {
                Kind = (int)graph.Inputs[i].Kind,
                Size = graph.Inputs[i].Size,
                Name = Add(graph.InputNames[i], ref end),
            };
        }

        for (int i = 0; i < _outputs.Length; i++)
        {
            _outputs[i] = new NativeOutputDesc
            {
                Value = graph.Outputs[i].Value,
                Name = Add(graph.OutputNames[i], ref end),
            };
        }

        int next = 0;
        for (int layer = 0; layer < _readsOf.Length; layer++)
        {
            _readsOf[layer] = (next, graph.Reads[layer].Count);
            foreach (int value in graph.Reads[layer])
            {
                _reads[next++] = value;
            }
        }
    }

    public NativeInputDesc* Inputs => (NativeInputDesc*)Unsafe.AsPointer(ref _inputs[0]);

    public NativeOutputDesc* Outputs => (NativeOutputDesc*)Unsafe.AsPointer(ref _outputs[0]);

    /// <summary>The numbers of the values that a layer reads, and how many they are.</summary>
    public (nint Values, int Count) ReadBy(int layer) =>
        ((nint)Unsafe.AsPointer(ref _reads[_readsOf[layer].First]), _readsOf[layer].Count);

    // A zero ends each.
    private byte* Add(string name, ref int end)
    {
        int begin = end;
        end += Encoding.UTF8.GetBytes(name, _names.AsSpan(begin)) + 1;
        return (byte*)Unsafe.AsPointer(ref _names[begin]);
    }
}
