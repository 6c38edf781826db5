namespace Recurrent.Training;

/// <summary>The arithmetic of a training, for checkpoints: only the same one gives the same bits.</summary>
/// <param name="InstructionSet">The instruction set, or which reference it is.</param>
/// <param name="GemmProvider">What multiplies large matrices.</param>
internal sealed record TrainingArithmetic(string InstructionSet, string GemmProvider)
{
    public static TrainingArithmetic Of(GradientSession session) =>
        new(session.InstructionSet.ToString(), session.GemmProvider.ToString());

    /// <summary>Of the managed reference in a number type.</summary>
    public static TrainingArithmetic OfReference<T>() => new($"reference {typeof(T).Name}", "reference");
}
