namespace Recurrent.Formats.PyTorch;

/// <summary>A file without some of its tensors.</summary>
internal sealed class VisibleTensors(ITensorSource file, IReadOnlySet<string> hidden) : ITensorSource
{
    public IEnumerable<string> TensorNames => file.TensorNames.Where(name => !hidden.Contains(name));

    public bool HasModelOrder => file.HasModelOrder;

    public Tensor? Find(string name) => hidden.Contains(name) ? null : file.Find(name);
}
