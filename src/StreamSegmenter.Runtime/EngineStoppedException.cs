namespace StreamSegmenter.Runtime;

/// <summary>The engine could not continue, or did not stop within its deadline. The message has the reason, the remedy, and what became of the
/// work: whatever was not committed is done again by the next start.</summary>
public sealed class EngineStoppedException : Exception
{
    internal EngineStoppedException(string message)
        : base(message)
    {
    }
}
