namespace StreamSegmenter.Runtime;

/// <summary>The engine could not go on, or did not stop within its deadline. The message says why, what to do, and what became of the
/// work: whatever was not committed is done again by the next start.</summary>
public sealed class EngineStoppedException : Exception
{
    internal EngineStoppedException(string message)
        : base(message)
    {
    }
}
