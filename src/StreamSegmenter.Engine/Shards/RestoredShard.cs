using StreamSegmenter.Customers;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.State;
using StreamSegmenter.Engine.Telemetry;
using StreamSegmenter.Folding;

namespace StreamSegmenter.Engine.Shards;

/// <summary>A shard's state as a checkpoint and its changelog tell it, built before the shard serves.</summary>
internal sealed class RestoredShard : IRestoreTarget
{
    private readonly CustomerFold _fold;
    private readonly LaneCounters _counters;
    private readonly RestoreProgress _progress;

    public RestoredShard(CustomerStore store, CustomerFold fold, LaneCounters counters, RestoreProgress progress)
    {
        Store = store;
        _fold = fold;
        Layouts = new RecordLayouts(fold.Layout);
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

        if (key[0] == StateKey.Layout && !value.IsEmpty)
        {
            Layouts.Add(value);
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

    public void Unfinished(ReadOnlySpan<byte> key) => Suspects.Add(key);

    public void Progress(long remaining) => _progress.Read(remaining);

    /// <summary>Arms every timer, once all lines were applied. A customer is armed for what its record says that the wheel
    /// holds, which may be earlier than what is due.</summary>
    public void ArmTimers(PaneSet panes, int segments)
    {
        // A customer of older definitions is evaluated by the present ones as soon as time moves on from here.
        Layouts.EffectiveMs = Record?.WatermarkMs ?? long.MinValue;
        Members = new long[segments];
        var record = new CustomerRecord();
        Store.Scan((key, value) =>
        {
            if (key[0] == StateKey.Pane)
            {
                panes.Restore(key, value);
            }
            else if (key[0] == StateKey.Customer)
            {
                ArmCustomer(key, value, record);
            }
        });
    }

    private void ArmCustomer(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, CustomerRecord record)
    {
        CustomerCount++;
        record.Load(value, Layouts);
        _fold.Recount(record, ref Totals, Members);
        var dueMs = record.Header.WheelDueMs;
        if (dueMs != long.MaxValue)
        {
            Timers.Arm(dueMs, key);
        }
    }
}
