using System.Collections.Concurrent;
using StreamSegmenter.Engine.State;

namespace StreamSegmenter.Testing.Runs;

/// <summary>Customer stores that are used again: FASTER allocates 8 MiB for each, which costs more than all that a short life
/// does. Taken back, a store is emptied key by key; its log grows all the same, so it is closed before that would spill.</summary>
internal static class StorePool
{
    private const int LivesMax = 8;
    private static readonly ConcurrentBag<(CustomerStore Store, int Lives)> Free = [];
    private static readonly string Folder = Directory.CreateTempSubdirectory("simulation-").FullName;
    private static int _made;

    public static CustomerStore Lend()
    {
        if (!Free.TryTake(out var free))
        {
            free = (new CustomerStore(Path.Combine(Folder, Interlocked.Increment(ref _made).ToString()), 0), 0);
        }

        var lives = free.Lives + 1;
        free.Store.TakenBack = store => TakeBack(store, lives);
        return free.Store;
    }

    private static void TakeBack(CustomerStore store, int lives)
    {
        store.TakenBack = null;
        if (lives == LivesMax)
        {
            store.Dispose();
            return;
        }

        var keys = new List<byte[]>();
        store.Scan((key, _) => keys.Add(key.ToArray()));
        keys.ForEach(key => store.Delete(key));
        Free.Add((store, lives));
    }
}
