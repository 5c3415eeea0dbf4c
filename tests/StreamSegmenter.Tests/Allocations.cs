namespace StreamSegmenter.Tests;

/// <summary>Measures what code allocates on its own account.</summary>
internal static class Allocations
{
    private const int Rounds = 10;

    /// <summary>The least bytes that a round allocated. What the runtime allocates for itself (a method that is compiled anew)
    /// falls into some of the rounds; what the code allocates, into all.</summary>
    public static long LeastOf(Action round)
    {
        var least = long.MaxValue;
        for (var i = 0; i < Rounds; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            round();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
