namespace StreamSegmenter.Runtime;

/// <summary>What a program that embeds the engine may set beside the configuration file.</summary>
public sealed record StreamSegmenterOptions
{
    /// <summary>Values over those of the file, as <c>--set</c> takes them: <c>kafka.brokers=broker:9092</c>.</summary>
    public IReadOnlyList<string> Overrides { get; init; } = [];

    /// <summary>Looks up an environment variable for a <c>${NAME}</c> of the file; null when it is not set.</summary>
    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;

    /// <summary>Receives, as a sentence, what an operator should know: no broker answers, a checkpoint failed, an observer threw. Called on
    /// any thread, at most one call at a time for each lane. Secrets of the configuration are replaced by their references.</summary>
    public Action<string> Report { get; init; } = Console.Error.WriteLine;

    // An embedding program gets the real clock unless it brings one of its own.
#pragma warning disable RS0030
    /// <summary>The clock. Event time does not come from it: it paces commits and notices silence.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
#pragma warning restore RS0030
}
