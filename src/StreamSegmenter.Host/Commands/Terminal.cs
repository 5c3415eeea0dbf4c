namespace StreamSegmenter.Host.Commands;

/// <summary>What a command sees of the world around it, so that tests can be that world: results go to
/// <see cref="Out"/>, everything about their making to <see cref="Error"/>.</summary>
internal sealed record Terminal
{
    public required TextWriter Out { get; init; }

    public required TextWriter Error { get; init; }

    /// <summary><see cref="Error"/> is a terminal: lines may be overwritten. Otherwise it is a file or a pipe.</summary>
    public bool IsWatched { get; init; }

    /// <summary><see cref="Out"/> is a terminal as well: a page may be drawn there repeatedly.</summary>
    public bool IsPageDrawn { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>Looks up an environment variable.</summary>
    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;

    /// <summary>Opens standard output for bytes.</summary>
    public Func<Stream> OpenOutput { get; init; } = Console.OpenStandardOutput;

    /// <summary>Writes a sentence over the progress line, if there is one.</summary>
    public void Report(string sentence) => Error.WriteLine(IsWatched ? "\r\u001b[K" + sentence : sentence);

    /// <summary>The process's own streams.</summary>
    public static Terminal OfProcess(TimeProvider time) => new()
    {
        Time = time,
        Out = Console.Out,
        Error = Console.Error,
        IsWatched = !Console.IsErrorRedirected,
        IsPageDrawn = !Console.IsOutputRedirected && !Console.IsErrorRedirected,
    };
}
