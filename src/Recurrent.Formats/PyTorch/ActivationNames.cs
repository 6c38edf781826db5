using System.Globalization;
using Recurrent.Layers;

namespace Recurrent.Formats.PyTorch;

/// <summary>Activations as text, as lists of modules have them: <c>relu</c>, <c>leaky_relu(0.2)</c>.</summary>
internal static class ActivationNames
{
    // Parameters that are left out are those of PyTorch's module of the same name.
    private static readonly (string Name, Activation Default, int Parameters)[] Known =
    [
        ("tanh", Activation.Tanh, 0),
        ("sigmoid", Activation.Sigmoid, 0),
        ("relu", Activation.Relu, 0),
        ("hardsigmoid", Activation.HardSigmoid(1f / 6), 2),
        ("identity", Activation.Identity, 0),
        ("affine", Activation.Affine(), 2),
        ("leaky_relu", Activation.LeakyRelu(), 1),
        ("thresholded_relu", Activation.ThresholdedRelu(), 1),
        ("scaled_tanh", Activation.ScaledTanh(), 2),
        ("elu", Activation.Elu(), 1),
        ("softsign", Activation.Softsign, 0),
        ("softplus", Activation.Softplus, 0),
        ("clip", Activation.Clip(-1, 1), 2),
    ];

    /// <summary>The names, for messages.</summary>
    public static string All => string.Join(", ", Known.Select(known => known.Name));

    /// <summary>The activation that an entry names; null if it names none.</summary>
    /// <exception cref="ModelFormatException">
    /// It names one with the wrong number of parameters, or with no numbers.
    /// </exception>
    public static Activation? Find(ModuleListEntry entry)
    {
        int index = Array.FindIndex(Known, known => known.Name == entry.Name);
        if (index < 0)
        {
            return null;
        }

        (_, Activation activation, int expected) = Known[index];
        if (entry.Argument is null)
        {
            return activation;
        }

        float[]? values = Parse(entry.Argument);
        return values is null || values.Length != expected
            ? throw new ModelFormatException($"'{entry}': expected {expected} finite numbers in parentheses.")
            : new Activation(activation.Kind, values.ElementAtOrDefault(0), values.ElementAtOrDefault(1));
    }

    /// <summary>The activation as an entry of a list, to the last bit.</summary>
    public static string Format(Activation activation)
    {
        (string name, _, int parameters) = Known.Single(known => known.Default.Kind == activation.Kind);
        return parameters switch
        {
            0 => name,
            1 => string.Create(CultureInfo.InvariantCulture, $"{name}({activation.Alpha})"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{name}({activation.Alpha}, {activation.Beta})"),
        };
    }

    private static float[]? Parse(string text)
    {
        string[] parts = text.Split(',');
        var values = new float[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!float.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out values[i])
                || !float.IsFinite(values[i]))
            {
                return null;
            }
        }

        return values;
    }
}
