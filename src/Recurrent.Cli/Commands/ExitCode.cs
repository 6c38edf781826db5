namespace Recurrent.Cli.Commands;

/// <summary>What the tool's exit codes mean.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>What was checked does not hold.</summary>
    public const int Failure = 1;

    /// <summary>The command line or the input cannot be used.</summary>
    public const int Unusable = 2;
}
