namespace StreamSegmenter.Host.Commands;

/// <summary>Ends a command with a sentence for its user: what failed and the nearest remedy.</summary>
internal sealed class CommandFailure(string message, int exitCode = ExitCode.Failed) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
