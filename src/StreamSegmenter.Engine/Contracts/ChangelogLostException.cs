namespace StreamSegmenter.Engine.Contracts;

/// <summary>The changelog does not hold the lines that a shard needs: going on would serve wrong state. The message says which,
/// and what the operator can do.</summary>
internal sealed class ChangelogLostException(string message) : Exception(message);
