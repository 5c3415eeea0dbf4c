using StreamSegmenter.Engine.State;
using StreamSegmenter.Tests.Checkpoints;

namespace StreamSegmenter.Tests.State;

/// <summary>Customer stores of which most lies on disk, and what they should hold.</summary>
internal static class Spilled
{
    public const int Keys = 4000;
    public const int Length = 1000;

    public static Dictionary<int, int> Versions(int version) => Enumerable.Range(0, Keys).ToDictionary(i => i, _ => version);

    public static byte[] Value(int id, int version) => KeptShard.Value((id * 7919) + version, Length);

    /// <summary>Every key in its version 0, then 1 and so on; most of it on disk.</summary>
    public static CustomerStore Updated(string directory, int times)
    {
        var store = new CustomerStore(directory, 0);
        for (var version = 0; version < times; version++)
        {
            Fill(store, 0, Keys, version);
        }

        return store;
    }

    public static void Fill(CustomerStore store, int from, int until, int version)
    {
        for (var i = from; i < until; i++)
        {
            store.Upsert(KeptShard.Key(i), Value(i, version));
        }
    }

    public static long Lap(CustomerStore store)
    {
        var freed = 0L;
        do
        {
            freed += store.Compaction.Turn();
        }
        while (store.Compaction.IsRunning);
        return freed;
    }

    public static void LapsForEver(CustomerStore store)
    {
        while (true)
        {
            store.Compaction.Turn();
        }
    }

    public static void AssertHolds(CustomerStore store, Dictionary<int, int> versions)
    {
        var highest = versions.Keys.Max();
        for (var i = 0; i <= highest; i++)
        {
            Assert.Equal(versions.TryGetValue(i, out var version), store.TryRead(KeptShard.Key(i), out var value));
            Assert.True(value.IsEmpty || value.SequenceEqual(Value(i, version)), $"{i} is wrong");
        }

        var found = 0;
        store.Scan((_, _) => found++);
        Assert.Equal(versions.Count, found);
    }
}
