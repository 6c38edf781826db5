namespace Recurrent.Formats.Keras;

/// <summary>What has become of the steps of a sequence, at one place of a model.</summary>
/// <param name="IsSequence">Whether every step is there, or what the last recurrent layer made of all of them.</param>
/// <param name="IsReversed">
/// Whether Keras has the steps in reversed order here: a layer with <c>go_backwards</c> leaves them so.
/// </param>
internal readonly record struct KerasPosition(bool IsSequence, bool IsReversed);
