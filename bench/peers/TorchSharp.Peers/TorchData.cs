using static TorchSharp.torch;

namespace Recurrent.Peers;

/// <summary>Between arrays and tensors.</summary>
internal static class TorchData
{
    /// <summary>Parameters stand in the order of the shared data: W, R and the biases of each direction.</summary>
    /// <returns>How many values were taken.</returns>
    public static int SetParameters(IEnumerable<Tensor> parameters, ReadOnlySpan<float> values)
    {
        using var noGradients = no_grad();
        int taken = 0;
        foreach (Tensor parameter in parameters)
        {
            int count = (int)parameter.numel();
            using Tensor source = Of(values.Slice(taken, count), parameter.shape);
            parameter.copy_(source);
            taken += count;
        }

        return taken;
    }

    public static Tensor Of(ReadOnlySpan<float> values, params long[] shape) => tensor(values.ToArray(), shape);

    public static void CopyTo(this Tensor tensor, Span<float> values)
    {
        using Tensor flat = tensor.detach().contiguous();
        flat.data<float>().CopyTo(values);
    }

    public static float[] Flat(this IEnumerable<Tensor> tensors) => [.. tensors.SelectMany(
        tensor =>
        {
            var values = new float[tensor.numel()];
            tensor.CopyTo(values);
            return values;
        })];
}
