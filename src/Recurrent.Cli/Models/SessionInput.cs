using Recurrent.Layers;

namespace Recurrent.Cli.Models;

/// <summary>Gives an input to a session piece by piece, without allocating.</summary>
internal sealed class SessionInput
{
    private readonly Session _session;
    private readonly SequenceInput _input;
    private readonly InputBuffer<float>[] _piece;

    // Layers that follow each other are called by the short form, as most programs call them.
    private readonly bool _isShort;

    public SessionInput(Session session, SequenceInput input)
    {
        _session = session;
        _input = input;
        _piece = new InputBuffer<float>[input.Values.Count];
        _isShort = session.Model.Inputs.Count == 1 && session.Model.Outputs.Count == 1;
    }

    /// <summary>Advances by one step of the input.</summary>
    /// <param name="step">Which one.</param>
    /// <param name="outputs">Receive the step of every output.</param>
    public void Step(int step, ReadOnlySpan<OutputBuffer<float>> outputs)
    {
        _input.Slice(step, 1, _piece);
        if (!_isShort)
        {
            _session.Step(_piece, outputs);
        }
        else if (_session.Model.VocabularySize > 0)
        {
            _session.StepIndices(_piece[0].Indices.Span, outputs[0].Values.Span);
        }
        else
        {
            _session.Step(_piece[0].Values.Span, outputs[0].Values.Span);
        }
    }

    /// <summary>Advances by some steps of the input.</summary>
    /// <param name="from">The first step.</param>
    /// <param name="count">Number of steps.</param>
    /// <param name="outputs">Receive the outputs.</param>
    /// <param name="lengths">Valid steps of each row; null for all.</param>
    public void Run(int from, int count, ReadOnlySpan<OutputBuffer<float>> outputs, int[]? lengths = null)
    {
        _input.Slice(from, count, _piece);
        var mask = new SequenceMask { Lengths = lengths };
        if (!_isShort)
        {
            _session.Run(_piece, outputs, count, mask, SequenceInput.Layout);
        }
        else if (_session.Model.VocabularySize > 0)
        {
            _session.RunIndices(_piece[0].Indices.Span, outputs[0].Values.Span, count, mask, SequenceInput.Layout);
        }
        else
        {
            _session.Run(_piece[0].Values.Span, outputs[0].Values.Span, count, mask, SequenceInput.Layout);
        }
    }
}
