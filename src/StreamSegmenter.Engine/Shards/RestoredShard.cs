using StreamSegmenter.Customers;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.State;
using StreamSegmenter.Engine.Telemetry;
using StreamSegmenter.Folding;

namespace StreamSegmenter.Engine.Shards;

/// <summary>A shard's state as a checkpoint and its changelog tell it, built before the shard serves.</summary>
internal sealed class RestoredShard : IRestoreTarget
{
    private readonly LaneCounters _counters;
    private readonly RestoreProgress _progress;

    /// <param name="layout">Of the definitions that the shard has without a record of its own.</param>
    public RestoredShard(CustomerStore store, RecordLayout layout, LaneCounters counters, RestoreProgress progress)
    {
        Store = store;
        Layouts = new RecordLayouts(layout);
        _counters = counters;
        _progress = progress;
    }

    public CustomerStore Store { get; }

    public ShardTimers Timers { get; } = new();

    public RecordLayouts Layouts { get; }

    public SuspectKeys Suspects { get; } = new();

    /// <summary>Null: the changelog has no line of this shard, it has never served.</summary>
    public ShardRecord? Record { get; private set; }

    public long CustomerCount { get; private set; }

    /// <summary>What the restored customers add to the running totals.</summary>
    public FoldTotals Totals;

    /// <summary>Members of each segment among them.</summary>
    public long[] Members { get; private set; } = [];

    public void Apply(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        _counters.RecordsRestored++;
        Put(key, value);
    }

    /// <summary>What a line says, or a checkpoint: one record.</summary>
    public void Put(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (key.Length == 1 && key[0] == StateKey.Shard)
        {
            Record = ShardRecord.Decode(value);
            return;
        }

        if (key[0] == StateKey.Layout)
        {
            PutLayout(key, value);
        }

        if (value.IsEmpty)
        {
            Store.Delete(key);
        }
        else
        {
            Store.Upsert(key, value);
        }
    }

    // A repair deletes a layout that only an interrupted commit wrote: the next commit must write it again.
    private void PutLayout(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
        {
            Layouts.Remove(StateKey.LayoutHashOf(key));
        }
        else
        {
            Layouts.Add(value);
        }
    }

    public void Unfinished(ReadOnlySpan<byte> key) => Suspects.Add(key);

    public void Progress(long remaining) => _progress.Read(remaining);

    /// <summary>Arms every timer, once all lines were applied. A customer is armed for what its record says that the wheel
    /// holds, which may be earlier than what is due.</summary>
    /// <param name="fold">The definitions that hold now.</param>
    /// <param name="effectiveMs">Since when.</param>
    public void ArmTimers(PaneSet panes, WholePaneSet wholePanes, CustomerFold fold, long effectiveMs)
    {
        Layouts.ChangeTo(fold.Layout, effectiveMs);
        Members = new long[fold.Layout.Segments.Count];
        var record = new CustomerRecord();
        Store.Scan((key, value) =>
        {
            if (key[0] == StateKey.Pane)
            {
                panes.Restore(key);
            }
            else if (key[0] == StateKey.WholePane)
            {
                wholePanes.Restore(key, value);
            }
            else if (key[0] == StateKey.Customer)
            {
                ArmCustomer(key, value, record, fold);
            }
        });
    }

    private void ArmCustomer(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, CustomerRecord record, CustomerFold fold)
    {
        CustomerCount++;
        record.Load(value, Layouts);
        fold.Recount(record, ref Totals, Members);
        var dueMs = record.Header.WheelDueMs;
        if (dueMs != long.MaxValue)
        {
            Timers.Arm(dueMs, key);
        }
    }
}
