using Recurrent.Formats.PyTorch;
using Recurrent.Formats.PyTorch.Derived;
using Recurrent.Layers;

namespace Recurrent.Formats;

/// <summary>
/// Layers from the parameters of PyTorch modules, as <c>state_dict()</c> names them. Sizes, number of layers,
/// directions, biases and projection follow from the parameters' names and shapes. <see cref="ModelFile"/> reads whole
/// models.
/// </summary>
public static class PyTorchModules
{
    /// <summary>The layers of an <c>nn.LSTM</c>, projections (<c>proj_size</c>) included.</summary>
    /// <param name="file">The file that holds its parameters.</param>
    /// <param name="module">
    /// The module's name, so that <c>"lstm"</c> takes <c>lstm.weight_ih_l0</c>; empty for none.
    /// </param>
    /// <returns>The layers, from the input to the output.</returns>
    /// <exception cref="ModelFormatException">
    /// A parameter is missing, of the wrong shape or type, or one too many.
    /// </exception>
    public static IReadOnlyList<RecurrentLayer> Lstm(ITensorSource file, string module = "") =>
        Read(file, module, RecurrentModule.LstmGates, Activation.Tanh);

    /// <summary>The layers of an <c>nn.GRU</c>.</summary>
    /// <param name="file">The file that holds its parameters.</param>
    /// <param name="module">
    /// The module's name, so that <c>"gru"</c> takes <c>gru.weight_ih_l0</c>; empty for none.
    /// </param>
    /// <returns>The layers, from the input to the output.</returns>
    /// <exception cref="ModelFormatException">
    /// A parameter is missing, of the wrong shape or type, or one too many.
    /// </exception>
    public static IReadOnlyList<RecurrentLayer> Gru(ITensorSource file, string module = "") =>
        Read(file, module, RecurrentModule.GruGates, Activation.Tanh);

    /// <summary>The layers of an <c>nn.RNN</c>.</summary>
    /// <param name="file">The file that holds its parameters.</param>
    /// <param name="module">
    /// The module's name, so that <c>"rnn"</c> takes <c>rnn.weight_ih_l0</c>; empty for none.
    /// </param>
    /// <param name="activation">
    /// Its <c>nonlinearity</c>, which the parameters do not tell; null for <c>tanh</c>.
    /// </param>
    /// <returns>The layers, from the input to the output.</returns>
    /// <exception cref="ModelFormatException">
    /// A parameter is missing, of the wrong shape or type, or one too many.
    /// </exception>
    public static IReadOnlyList<RecurrentLayer> Rnn(
        ITensorSource file, string module = "", Activation? activation = null) =>
        Read(file, module, RecurrentModule.RnnGates, activation ?? Activation.Tanh);

    /// <summary>The layer of an <c>nn.Linear</c>, and the activation behind it.</summary>
    /// <param name="file">The file that holds its parameters.</param>
    /// <param name="module">
    /// The module's name, so that <c>"dense"</c> takes <c>dense.weight</c>; empty for none.
    /// </param>
    /// <param name="activation">What is applied to its output; null for nothing.</param>
    /// <returns>The layer.</returns>
    /// <exception cref="ModelFormatException">A parameter is missing, or of the wrong shape or type.</exception>
    public static DenseLayer Linear(ITensorSource file, string module = "", Activation? activation = null) =>
        MatrixModule.Specify(Checked(file), Prefix(module)).ReadLinear(activation ?? Activation.Identity);

    private static IReadOnlyList<RecurrentLayer> Read(
        ITensorSource file, string module, int gates, Activation activation)
    {
        var stack = RecurrentModule.Specify(Checked(file), Prefix(module), gates);
        stack.RequireAllParametersKnown();
        return stack.Read(activation);
    }

    private static ITensorSource Checked(ITensorSource file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return DerivedTensors.Of(file, out _);
    }

    private static string Prefix(string module)
    {
        ArgumentNullException.ThrowIfNull(module);
        return module.Length == 0 ? "" : module + ".";
    }
}
