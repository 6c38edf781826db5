using Recurrent.Messages;

namespace Recurrent.Cli;

/// <summary>
/// What the user gave cannot be used; the message says what it is and why, and is all that the user sees.
/// </summary>
internal sealed class UnusableInputException(string message, Exception? innerException = null)
    : Exception(MessageText.Of(message), innerException);
