using Recurrent.Messages;

namespace Recurrent.Cli.Data;

/// <summary>A file of numbers is damaged or holds what is not supported; the message names the place.</summary>
internal sealed class DataFormatException(string message) : Exception(MessageText.Of(message));
