using System.Text;
using Recurrent.Reference;

namespace Recurrent.Formats.Tests;

/// <summary>Archives of TorchScript of one class with one parameter, <c>weight</c> [2, 3] of 1 to 6, and a method that is given <c>x</c>.</summary>
internal static class TorchScriptFile
{
    private const string Class =
        """
        class M(Module):
          __parameters__ = ["weight", ]
          weight : Tensor
          training : bool
          def forward(self: __torch__.M,
            x: Tensor) -> Tensor:

        """;

    /// <summary>What a model makes of one step of three features, all 1.</summary>
    /// <param name="body">The lines of the method.</param>
    public static float[] Step(string body) => Predict(body, [1f, 1, 1]);

    /// <summary>What a model makes of steps of three features of one row.</summary>
    public static float[] Predict(string body, float[] input) =>
        ReferenceModel<float>.Create(Load(body).Definition).Predict(input, 1, input.Length / 3);

    /// <summary>Reads a model.</summary>
    /// <param name="body">The lines of the method; <c>def</c> begins further methods.</param>
    public static ImportedModel Load(string body)
    {
        // The body of a method, and methods behind it, which begin in the column of the class.
        var code = new StringBuilder(Class);
        bool isBehind = false;
        foreach (string line in body.Split('\n'))
        {
            isBehind |= line.StartsWith("def ", StringComparison.Ordinal);
            code.Append(isBehind ? "  " : "    ").Append(line).Append('\n');
        }

        CheckpointBuilder builder = new CheckpointBuilder().Singles("0", 1, 2, 3, 4, 5, 6)
            .Global("__torch__", "M").Operations(")\x81}(").Text("weight").Tensor("0", 6, 0, [2, 3], [3, 1])
            .Text("training").Operations("\x88ub")
            .Entry("archive/code/__torch__.py", Encoding.UTF8.GetBytes(code.ToString()));
        using var folder = new TemporaryFolder();
        return ModelFile.Load(folder.Write("model.pt", builder.Build()));
    }
}
