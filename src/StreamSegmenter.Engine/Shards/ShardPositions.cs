using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.State;

namespace StreamSegmenter.Engine.Shards;

/// <summary>Which events of a shard's inputs are folded. After a restart the source reads again from the oldest event that was
/// still held back, and what was folded already is skipped: neither lost nor repeated.</summary>
internal sealed class ShardPositions
{
    private readonly InputPosition[] _restored;

    /// <param name="readsExchange">The last of the sources, behind the inputs, is the exchange.</param>
    public ShardPositions(int inputs, ShardRecord? restored, bool readsExchange = false)
    {
        _restored = new InputPosition[inputs + (readsExchange ? 1 : 0)];
        Array.Fill(_restored, InputPosition.Unknown);
        for (var i = 0; restored is not null && i < Math.Min(inputs, restored.Inputs.Count); i++)
        {
            _restored[i] = restored.Inputs[i];
        }

        if (readsExchange && restored?.Exchange is { } exchange)
        {
            _restored[inputs] = new InputPosition(exchange.Position, []);
        }
    }

    /// <summary>What events are checked against.</summary>
    public IReadOnlyList<InputPosition> Restored => [.. _restored];

    /// <summary>From which offset to read an input; -1: the shard does not know.</summary>
    public long RestartOffset(int input) => _restored[input].RestartOffset;

    /// <summary>True for an event that was folded before the last restart or rollback.</summary>
    public bool IsFolded(int input, long offset, int indexInRecord) =>
        offset < _restored[input].Position && _restored[input].IsFolded(offset, indexInRecord);

    /// <summary>Where the shard stands now: all that was polled is folded but for what the buffer holds. While it still reads
    /// again what it had read before a restart, it stands no further back than then: what it has not come to yet is as it
    /// was.</summary>
    public InputPosition[] Now(ReadOnlySpan<PartitionProgress> progress, ReorderBuffer buffer)
    {
        var held = new List<(long Offset, int Index)>[progress.Length];
        buffer.VisitHeld(e => (held[e.Input] ??= []).Add((e.Offset, e.IndexInRecord)));
        var stands = new InputPosition[progress.Length];
        for (var input = 0; input < stands.Length; input++)
        {
            var position = progress[input].Position;
            if (position < _restored[input].Position)
            {
                AddUnread(_restored[input].Held, position, held[input] ??= []);
                position = _restored[input].Position;
            }

            stands[input] = new InputPosition(position, Runs(held[input]));
        }

        return stands;
    }

    /// <summary>Makes this stand the one that events are checked against: what an aborted commit goes back to.</summary>
    public void Reset(IReadOnlyList<InputPosition> stands)
    {
        for (var input = 0; input < _restored.Length; input++)
        {
            _restored[input] = stands[input];
        }
    }

    private static void AddUnread(IReadOnlyList<HeldRange> runs, long fromOffset, List<(long Offset, int Index)> held)
    {
        foreach (var run in runs)
        {
            for (var offset = Math.Max(run.Offset, fromOffset); offset < run.Offset + run.Count; offset++)
            {
                held.Add((offset, run.IndexInRecord));
            }
        }
    }

    private static List<HeldRange> Runs(List<(long Offset, int Index)>? held)
    {
        var runs = new List<HeldRange>();
        if (held is null)
        {
            return runs;
        }

        held.Sort();
        foreach (var (offset, index) in held)
        {
            if (runs.Count > 0 && runs[^1].IndexInRecord == index && runs[^1].Offset + runs[^1].Count == offset)
            {
                runs[^1] = runs[^1] with { Count = runs[^1].Count + 1 };
            }
            else
            {
                runs.Add(new HeldRange(offset, index, 1));
            }
        }

        return runs;
    }
}
