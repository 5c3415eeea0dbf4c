namespace StreamSegmenter.Host.Commands;

/// <summary>What a script learns from the command.</summary>
internal static class ExitCode
{
    public const int Fine = 0;

    /// <summary>It began and could not be finished.</summary>
    public const int Failed = 1;

    /// <summary>It did not begin: the configuration or the command line is wrong.</summary>
    public const int Usage = 2;
}
