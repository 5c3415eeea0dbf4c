using System.Globalization;
using StreamSegmenter.Customers;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.Shards;
using StreamSegmenter.Folding;

namespace StreamSegmenter.Engine.Lanes;

/// <summary>How a lane's shards come and go: restored when a partition is assigned, restored anew when what a shard holds cannot be
/// trusted, dropped when the partition is another's.</summary>
internal sealed class LaneShards : IDisposable
{
    private static int _lanesMade;
    private readonly LaneDependencies _parts;
    private readonly LaneContext _lane;
    private readonly ShardRestorer _restorer;
    private readonly string _temporaryDirectory;
    private FoldTotals _totalsOfDropped;

    public LaneShards(LaneDependencies parts, LaneContext lane)
    {
        _parts = parts;
        _lane = lane;

        // Of its own for every lane ever made: two engines in one process must not spill into the same files.
        _temporaryDirectory = Path.Combine(
            parts.Options.StateDirectory ?? Path.GetTempPath(), string.Create(
                CultureInfo.InvariantCulture, $"streamsegmenter-{Environment.ProcessId}-{Interlocked.Increment(ref _lanesMade)}"));
        _restorer = new ShardRestorer(parts, lane, _temporaryDirectory);
    }

    /// <summary>What was counted, over all shards that are here or were.</summary>
    public FoldTotals Totals
    {
        get
        {
            var totals = _totalsOfDropped;
            foreach (var shard in _lane.Shards.Values)
            {
                totals.Add(in shard.Output.Totals);
            }

            return totals;
        }
    }

    /// <summary>Null: none of the shards knows the customer.</summary>
    public (CustomerRecord Record, CustomerFold Fold)? Find(ReadOnlySpan<byte> key)
    {
        foreach (var shard in _lane.Shards.Values)
        {
            var customer = shard.Customers.Load(key);
            if (customer.IsLoaded)
            {
                return (customer.Record, shard.Fold);
            }
        }

        return null;
    }

    /// <summary>Tells every shard how far its inputs have been polled.</summary>
    public void Follow(Dictionary<InputPartition, PartitionProgress> polled)
    {
        foreach (var shard in _lane.Shards.Values)
        {
            for (var input = 0; input < shard.Progress.Length; input++)
            {
                if (polled.TryGetValue(new InputPartition(input, shard.Partition), out var progress))
                {
                    shard.Progress[input] = progress;
                }
            }
        }
    }

    /// <exception cref="OperationCanceledException">The lane is stopping.</exception>
    public Shard Restore(int partition, CancellationToken stopping)
    {
        var gauges = _parts.Counters.AddShard(partition);
        var shard = _restorer.Restore(partition, gauges, stopping);
        if (_parts.Handover.Suspects.Remove(partition, out var unsettled))
        {
            // What was under way when it left may still arrive behind what was read.
            shard.Suspects.Add(unsettled);
        }

        _lane.Shards[partition] = shard;
        gauges.RestoreRemaining = 0;
        _parts.Counters.Health.ReportReady();
        return shard;
    }

    /// <summary>As if the shard had just come here: whatever it held is forgotten, and its inputs are read from where the changelog
    /// says.</summary>
    /// <exception cref="OperationCanceledException">The lane is stopping.</exception>
    public void RestoreAnew(int partition, CancellationToken stopping)
    {
        var before = _lane.Shards[partition];
        foreach (var input in before.Paused)
        {
            _parts.Source.Resume(new InputPartition(input, partition));
        }

        Drop([partition]);
        var restored = Restore(partition, stopping);
        for (var input = 0; input < _parts.Options.SourceCount; input++)
        {
            _parts.Source.Seek(new InputPartition(input, partition), restored.Positions.RestartOffset(input));
        }
    }

    /// <summary>Whether there is a shard that has come so far that others may wait to hear of it.</summary>
    public bool IsAnyWaitedFor()
    {
        foreach (var shard in _lane.Shards.Values)
        {
            if (shard.Exchange is { } exchange && exchange.IsUrgent(shard.Panes.FiredUntilMs, shard.IsSilent))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether there is a shard whose disk gave back something else than was written.</summary>
    public bool AreDamaged()
    {
        foreach (var shard in _lane.Shards.Values)
        {
            if (shard.Store.IsDamaged)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Of a damaged shard nothing is used any more: it is built anew.</summary>
    /// <exception cref="OperationCanceledException">The lane is stopping.</exception>
    public void RestoreDamaged(CancellationToken stopping)
    {
        foreach (var damaged in _lane.Shards.Values.Where(shard => shard.Store.IsDamaged).ToArray())
        {
            _parts.Counters.StatesDamaged++;
            _parts.Report?.Invoke(
                $"partition {damaged.Partition}: what was spilled to disk does not verify, so it is restored: {damaged.Store.Fault}");
            RestoreAnew(damaged.Partition, stopping);
        }
    }

    /// <summary>Their partitions are not this lane's any more.</summary>
    public void Drop(IReadOnlyCollection<int> partitions)
    {
        foreach (var partition in partitions)
        {
            if (_lane.Shards.Remove(partition, out var shard))
            {
                _totalsOfDropped.Add(shard.Output.Totals with { TriggersPending = 0 });
                _parts.Counters.RemoveShard(partition);
                if (shard.Suspects.Count > 0)
                {
                    _parts.Handover.Suspects[partition] = shard.Suspects;
                }

                shard.Dispose();
            }
        }
    }

    public void Dispose()
    {
        Drop([.. _lane.Shards.Keys]);
        if (Directory.Exists(_temporaryDirectory))
        {
            Directory.Delete(_temporaryDirectory, recursive: true);
        }
    }
}
