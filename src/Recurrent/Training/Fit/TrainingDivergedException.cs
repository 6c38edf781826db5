namespace Recurrent.Training;

/// <summary>
/// A loss or gradient was not a finite number. The message says when and where; the model has the last parameters that gave
/// a finite loss, and its optimizer remembers nothing.
/// </summary>
public sealed class TrainingDivergedException : ArithmeticException
{
    /// <summary>Makes the exception.</summary>
    public TrainingDivergedException()
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">When and where.</param>
    public TrainingDivergedException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">When and where.</param>
    /// <param name="innerException">Why.</param>
    public TrainingDivergedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The epoch, from 0.</summary>
    public int Epoch { get; init; }

    /// <summary>The batch in the epoch, from 0.</summary>
    public int Batch { get; init; }

    /// <summary>What was gone through until then.</summary>
    public History? History { get; init; }
}
