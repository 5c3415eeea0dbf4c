using StreamSegmenter.Conversions;
using StreamSegmenter.Events;

namespace StreamSegmenter.Engine.State;

/// <summary>The whole conversion panes that one shard owns. It is told every shard's part of them, its own too, and how far all shards
/// have come; a pane is final once all have passed its window's end + grace, and cohort-final, with which it goes, once all have passed the
/// horizon behind that.</summary>
internal sealed class WholePaneSet(PaneTimes times, CustomerStore store)
{
    /// <summary>Panes that close in one commit; the others wait for the next.</summary>
    private const int ClosedMax = 50_000;

    private readonly WorkingTable<WholePane> _table = new(StateKey.WholePane, () => new WholePane());
    private readonly ShardTimers _timers = new();

    public ReadOnlySpan<WholePane> Entries => _table.Entries;

    /// <summary>More are due than went into this commit.</summary>
    public bool HasMoreDue { get; private set; }

    /// <summary>Takes a shard's part of a pane, as it is now.</summary>
    /// <param name="closedMs">How far all shards had come, as this shard last knew it.</param>
    /// <returns>False: the pane is closed and gone, nothing can be added to it.</returns>
    public bool TryTake(int shard, ReadOnlySpan<byte> name, in PaneCounts counts, long closedMs)
    {
        var entry = Find(name);
        if (entry.IsMissing && times.CohortFinalAtMs(name) <= closedMs)
        {
            return false;
        }

        if (entry.IsMissing)
        {
            entry.IsMissing = false;
            _timers.Arm(times.FinalAtMs(name), entry.StateKeyBytes);
        }

        ref var part = ref entry.Part(shard);
        if (!part.Equals(in counts))
        {
            entry.IsCorrected |= entry.IsFinal && !part.HasEqualEvents(in counts);
            part = counts;
            entry.IsDirty = true;
        }

        return true;
    }

    /// <summary>All shards have come this far: what is due by then becomes final.</summary>
    public void Close(long wholeMs)
    {
        HasMoreDue = false;
        for (var closed = 0; _timers.TryPop(wholeMs, out var dueMs, out var stateKey); closed++)
        {
            Close(Find(stateKey[1..]), dueMs);
            if (closed == ClosedMax)
            {
                HasMoreDue = true;
                return;
            }
        }
    }

    /// <summary>The pane as subscribers see it, once per commit.</summary>
    public ConversionPane Describe(WholePane pane, ConversionDefinition definition, Currency currency)
    {
        var sum = pane.Sum();
        if (pane.IsCorrected)
        {
            pane.IsCorrected = false;
            pane.Corrections++;
        }

        return PaneName.Describe(pane.Name, in sum, definition, times, currency, pane.IsFinal, pane.IsDeleted) with { Corrections = pane.Corrections };
    }

    /// <summary>Arms the timer of a pane that was restored.</summary>
    public void Restore(ReadOnlySpan<byte> stateKey, ReadOnlySpan<byte> value)
    {
        var name = stateKey[1..];
        _timers.Arm(WholePane.IsFinalIn(value) ? times.CohortFinalAtMs(name) : times.FinalAtMs(name), stateKey);
    }

    public void Commit()
    {
        _table.Clear();
        _timers.Commit();
    }

    public void Rollback()
    {
        _table.Clear();
        _timers.Rollback();
        HasMoreDue = false;
    }

    private void Close(WholePane entry, long dueMs)
    {
        var closesMs = times.CohortFinalAtMs(entry.Name);
        if (entry.IsMissing || entry.IsDeleted || (entry.IsFinal && dueMs < closesMs))
        {
            // Armed by a commit that was aborted.
            return;
        }

        entry.IsFinal = true;
        entry.IsDirty = true;
        if (dueMs < closesMs)
        {
            _timers.Arm(closesMs, entry.StateKeyBytes);
        }
        else
        {
            entry.IsDeleted = true;
        }
    }

    private WholePane Find(ReadOnlySpan<byte> name)
    {
        var entry = _table[_table.GetOrAdd(name, KeyHash.Of(name), out var added)];
        if (added)
        {
            entry.IsMissing = !store.TryRead(entry.StateKeyBytes, out var stored);
            if (entry.IsMissing)
            {
                entry.Begin();
            }
            else
            {
                entry.Load(stored);
            }
        }

        return entry;
    }
}
