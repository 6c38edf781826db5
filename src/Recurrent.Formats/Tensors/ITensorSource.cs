namespace Recurrent.Formats;

/// <summary>Named tensors, whatever file they come from.</summary>
public interface ITensorSource
{
    /// <summary>The names of the tensors, as the file has them one after the other.</summary>
    IEnumerable<string> TensorNames { get; }

    /// <summary>
    /// Whether that order is the one in which the parameters of a model were made. A checkpoint keeps it; a safetensors
    /// file is sorted by type and name.
    /// </summary>
    bool HasModelOrder { get; }

    /// <summary>Looks a tensor up.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The tensor; null if there is none of this name.</returns>
    Tensor? Find(string name);
}
