using Recurrent.Cli.Models;
using Recurrent.Cli.Weights;
using Recurrent.Layers;

namespace Recurrent.Cli.Run;

/// <summary>What is computed, and how.</summary>
/// <param name="Model">The model.</param>
/// <param name="Input">Its input.</param>
/// <param name="Mode">How the input is given.</param>
/// <param name="BlockLength">Steps of a call; all of them if the input is given as a whole.</param>
internal sealed record RunRequest(ModelDefinition Model, SequenceInput Input, RunMode Mode, int BlockLength)
{
    /// <summary>Valid steps of each sequence; null for all.</summary>
    public int[]? Lengths { get; init; }

    public InstructionSet InstructionSet { get; init; } = InstructionSet.Auto;

    public int Threads { get; init; } = 1;

    /// <summary>The formats that weights are computed in.</summary>
    public ModelOptions Formats { get; init; } = WeightChoice.Floats;

    /// <summary>Calls that the input takes.</summary>
    public int Calls => (int)(((long)Input.Time + BlockLength - 1) / BlockLength);

    /// <summary>
    /// Steps of the first output: one if the model puts out one for a sequence, unless it is asked step by step.
    /// </summary>
    public int OutputTime => OutputTimeOf(0);

    /// <summary>Steps of an output.</summary>
    public int OutputTimeOf(int output) => Mode == RunMode.Stream ? Input.Time : Model.OutputSteps(output, Input.Time);

    /// <summary>Whether every call gives a whole output, that of the last call counting, and not the steps of the call.</summary>
    public bool IsOfWholeCall(int output) => Mode != RunMode.Stream
        && (Model.Outputs[output].Kind == ValueKind.Row || OutputTimeOf(output) != Input.Time);
}
