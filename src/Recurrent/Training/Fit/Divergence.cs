using System.Globalization;
using System.Numerics;
using System.Text;
using Recurrent.Layers;

namespace Recurrent.Training;

/// <summary>Says where a number that is not finite comes from.</summary>
internal static class Divergence
{
    public static string Describe<T>(
        IGradientSession<T> session, PreparedBatch<T> batch, string what, int epoch, int batchIndex, bool hasGradients)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{what} at epoch {epoch + 1}, batch {batchIndex + 1}.");
        AppendData(text, "inputs", batch.X);
        AppendData(text, "targets", batch.Targets);
        if (hasGradients)
        {
            text.Append(" Norms of the last gradients:");
            for (int i = 0; i < session.Blocks.Count; i++)
            {
                ParameterBlock block = session.Blocks[i];
                string layer = session.Definition.Layers[block.Layer].Specification.GetType().Name
                    .Replace("Specification", string.Empty, StringComparison.Ordinal);
                string direction = block.Direction == Direction.Reverse ? " reverse" : string.Empty;
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"{(i == 0 ? string.Empty : ",")} layer {block.Layer} ({layer}{direction}) {block.Role} "
                    + $"{session.GradientNorm(i):G3}");
            }

            text.Append('.');
        }

        return text.Append(" The model has the last parameters that gave a finite loss, its optimizer has forgotten its moments. ")
            .Append("A lower learning rate or clipped gradients (GlobalClipNorm) may help.").ToString();
    }

    private static void AppendData<T>(StringBuilder text, string name, ReadOnlySpan<T> values)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int found = 0;
        foreach (T value in values)
        {
            found += T.IsFinite(value) ? 0 : 1;
        }

        if (found > 0)
        {
            text.Append(
                CultureInfo.InvariantCulture, $" {found} of {values.Length} {name} of the batch are not finite.");
        }
    }
}
