using System.Numerics;
using Recurrent.Layers;
using Recurrent.Reference;

namespace Recurrent.Training;

/// <summary>
/// Makes models that can be trained. Whatever order of axes the definition has, that of the model is batch-major, as its
/// <see cref="Sequences{T}"/> are, before and after training.
/// </summary>
public static class TrainableModel
{
    /// <summary>A model that is trained natively.</summary>
    /// <param name="definition">The model with the parameters to begin with.</param>
    /// <param name="options">How to train it; null for the defaults.</param>
    /// <returns>The model; the caller disposes it.</returns>
    /// <exception cref="ArgumentNullException">The definition is null.</exception>
    /// <exception cref="ArgumentException">
    /// The options do not fit the model; or it has several inputs or outputs, or other steps than its input, which a
    /// <see cref="GradientSession"/> trains.
    /// </exception>
    /// <exception cref="PlatformNotSupportedException">
    /// The instruction set or provider that was asked for is not on this machine.
    /// </exception>
    /// <exception cref="NativeLibraryException">The native library cannot be used; the message says why.</exception>
    public static TrainableModel<float> Create(ModelDefinition definition, TrainingOptions? options = null)
    {
        options ??= new TrainingOptions();
        GradientSession session = GradientSession.Open(BatchMajor(definition), new GradientSessionOptions
        {
            InstructionSet = options.InstructionSet,
            GemmProvider = options.GemmProvider,
            Threads = options.Threads,
            Dropout = options.Dropout,
        });
        return new TrainableModel<float>(session, TrainingArithmetic.Of(session), options);
    }

    /// <summary>A model that is trained in plain C#: slow, in any number type, to compare with.</summary>
    /// <typeparam name="T">The number type; double is the accuracy oracle.</typeparam>
    /// <param name="definition">The model with the parameters to begin with.</param>
    /// <param name="options">How to train it; null for the defaults. Instruction set, provider and threads are unused.</param>
    /// <returns>The model.</returns>
    /// <exception cref="ArgumentNullException">The definition is null.</exception>
    /// <exception cref="ArgumentException">
    /// The options do not fit the model; or it has several inputs or outputs, or other steps than its input, which a
    /// <see cref="GradientSession"/> trains.
    /// </exception>
    public static TrainableModel<T> CreateReference<T>(ModelDefinition definition, TrainingOptions? options = null)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        options ??= new TrainingOptions();
        return new TrainableModel<T>(
            ReferenceGradientSession<T>.Open(BatchMajor(definition), options.Dropout),
            TrainingArithmetic.OfReference<T>(),
            options);
    }

    private static ModelDefinition BatchMajor(ModelDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        TrainedModel.Require(definition, nameof(definition));
        return definition.WithLayout(SequenceLayout.BatchMajor);
    }
}
