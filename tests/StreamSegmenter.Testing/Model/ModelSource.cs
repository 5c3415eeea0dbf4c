using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Testing.Runs;

namespace StreamSegmenter.Testing.Model;

/// <summary>A lane's source: a member of the group that reads its share of the inputs, in portions and interleavings that
/// chance decides. Like a real consumer it learns of a rebalance only when it polls, perhaps with records already in its
/// hands, which it must then let go of.</summary>
internal sealed class ModelSource(SimulatedLane lane) : ILaneSource
{
    private readonly World _world = lane.World;
    private readonly Kafka _kafka = lane.World.Kafka;
    private readonly SortedDictionary<int, Reading[]> _owned = [];
    private readonly List<(InputPartition Place, long Offset, InputRecord? Record, byte[]? Message)> _fetched = [];
    private string? _member;
    private int _joins;

    private sealed class Reading(InputPartition place, long position)
    {
        public InputPartition Place => place;

        public long Position { get; set; } = position;

        public bool Paused { get; set; }

        /// <summary>Polls that bring nothing of it.</summary>
        public int Stuck { get; set; }
    }

    public IAssignmentListener? Listener { get; set; }

    /// <summary>The generation that this member follows.</summary>
    public int Generation { get; private set; }

    public string Member => _member ?? "";

    /// <summary>The last poll said that nothing will follow.</summary>
    public bool HasSaidEnd { get; private set; }

    public void Poll(PolledRecords polled, TimeSpan timeout)
    {
        var random = _world.Dice[Concern.Poll];
        var weather = _world.Weather;
        var budget = weather.PollRecordsMax == 0 ? int.MaxValue : random.Next(weather.PollRecordsMax + 1);
        var inHand = weather.PollRecordsMax == 0 ? 0 : random.Next(budget + 1);
        _fetched.Clear();
        Fetch(inHand, random);
        FollowGroup();
        Fetch(budget - inHand, random);
        foreach (var (place, offset, record, message) in _fetched)
        {
            if (record is not null)
            {
                Deliver(place, offset, record, polled);
            }
            else
            {
                polled.Exchange.Add(new ExchangeRecord(place.Partition, message));
            }
        }

        _world.Trace?.Say(lane, $"polls {string.Join(' ', _fetched.Select(fetched => $"{fetched.Place.Input}/{fetched.Place.Partition}@{fetched.Offset}"))}");
        HasSaidEnd = _world.MayEnd && _owned.Values.All(shard => Array.TrueForAll(
            shard, reading => IsExchange(reading.Place) || reading.Position >= EndOf(reading.Place)));
        polled.EndOfInputMs = HasSaidEnd ? _world.EndOfInputMs : null;
    }

    /// <summary>Nothing is left of what other shards have told those of this lane, behind transactions that are still open neither.</summary>
    public bool HasHeardAll => _owned.Values.All(shard => Array.TrueForAll(
        shard, reading => !IsExchange(reading.Place) || reading.Position >= _kafka.Exchange[reading.Place.Partition].End));

    public void ReportProgress(IDictionary<InputPartition, PartitionProgress> progress)
    {
        progress.Clear();
        foreach (var reading in _owned.Values.SelectMany(shard => shard))
        {
            var end = EndOf(reading.Place);
            progress[reading.Place] = new PartitionProgress(
                reading.Position, reading.Stuck > 0 ? -1 : end, Ended: !IsExchange(reading.Place) && _world.HasAllArrived && reading.Position >= end);
        }
    }

    public void Pause(InputPartition partition) => SetPaused(partition, true);

    public void Resume(InputPartition partition) => SetPaused(partition, false);

    public void Seek(InputPartition partition, long offset)
    {
        _fetched.RemoveAll(fetched => fetched.Place == partition);
        _owned[partition.Partition][partition.Input].Position = offset >= 0 ? offset : _kafka.CommittedOffset(partition);
    }

    public void Close()
    {
        if (_member is not null)
        {
            _kafka.Group.Leave(_member);
        }
    }

    public void Dispose()
    {
    }

    public void Heartbeat()
    {
        if (_member is not null)
        {
            _kafka.Group.Heartbeat(_member, _kafka.NowMs);
        }
    }

    private void FollowGroup()
    {
        var group = _kafka.Group;
        if (_member is not null && group.IsReplaced(_member))
        {
            throw new CrashException("another process has its name in the group");
        }

        if (_member is null || !group.Knows(_member))
        {
            Lose([.. _owned.Keys]);
            _member = $"{lane.Name}.{_joins++}";
            group.Join(_member, _world.Weather.StaticMembers ? lane.Instance : null, _kafka.NowMs);
        }

        if (Generation != group.Generation)
        {
            var share = group.ShareOf(_member);
            Revoke([.. _owned.Keys.Where(partition => !group.IsIncremental || !share.Contains(partition))]);
            Generation = group.Generation;
            group.Follow(_member);
        }

        foreach (var partition in group.ShareOf(_member))
        {
            if (!_owned.ContainsKey(partition) && group.TryTake(_member, partition))
            {
                Take(partition);
            }
        }
    }

    private void Lose(int[] partitions)
    {
        if (partitions.Length > 0)
        {
            _world.Trace?.Say(lane, $"has lost {string.Join(' ', partitions)}");
            _fetched.RemoveAll(fetched => partitions.Contains(fetched.Place.Partition));
            Listener!.OnLost(partitions);
            Array.ForEach(partitions, partition => _owned.Remove(partition));
        }
    }

    private void Revoke(int[] partitions)
    {
        if (partitions.Length > 0)
        {
            _world.Trace?.Say(lane, $"gives up {string.Join(' ', partitions)}");
            _fetched.RemoveAll(fetched => partitions.Contains(fetched.Place.Partition));
            Listener!.OnRevoking(partitions);
            foreach (var partition in partitions)
            {
                _owned.Remove(partition);
                _kafka.Group.Release(_member!, partition);
            }
        }
    }

    private void Take(int partition)
    {
        Span<long> starts = stackalloc long[_kafka.Inputs + (_kafka.ExchangeInput < 0 ? 0 : 1)];
        starts.Fill(-7);
        Listener!.OnAssigned(partition, starts);
        var readings = new Reading[starts.Length];
        for (var input = 0; input < starts.Length; input++)
        {
            var place = new InputPartition(input, partition);
            var committed = _kafka.CommittedOffset(place);
            readings[input] = new Reading(place, starts[input] >= 0 ? starts[input] : committed);

            // Together they were committed, so together they stand; only who stood still during its restore and was overtaken
            // may be wrong, and learns so with its next poll.
            if (_world.Weather.ExactlyOnce && Math.Max(starts[input], 0) != committed && _kafka.Group.Knows(_member!))
            {
                throw new BrokenPromiseException(
                    $"{place}: the changelog says {starts[input]}, the group's offset is {committed}");
            }
        }

        _owned[partition] = readings;
        _world.Trace?.Say(lane, $"takes {partition}, from {string.Join(' ', readings.Select(reading => reading.Position))}");
    }

    private void Fetch(int budget, Random random)
    {
        foreach (var reading in _owned.Values.SelectMany(shard => shard))
        {
            reading.Stuck = reading.Stuck > 0 ? reading.Stuck - 1
                : _world.IsStormy && _world.Dice.Falls(Concern.Stuck, _world.Weather.StuckShare) ? random.Next(1, 15) : 0;
        }

        for (; budget > 0; budget--)
        {
            var readable = _owned.Values.SelectMany(shard => shard)
                .Where(reading => !reading.Paused && reading.Stuck == 0 && reading.Position < EndOf(reading.Place)).ToList();
            if (readable.Count == 0)
            {
                return;
            }

            var reading = readable[random.Next(readable.Count)];
            if (IsExchange(reading.Place))
            {
                FetchMessage(reading);
            }
            else if (_kafka.Input(reading.Place).TryRead(reading.Position, out var offset, out var record) && offset < EndOf(reading.Place))
            {
                reading.Position = offset + 1;
                _fetched.Add((reading.Place, offset, record, null));
            }
            else
            {
                // Only what nobody sees stands behind: the end-of-partition event passes it.
                reading.Position = EndOf(reading.Place);
            }
        }
    }

    private void FetchMessage(Reading reading)
    {
        if (_kafka.Exchange[reading.Place.Partition].TryRead(reading.Position, out var offset, out var message))
        {
            reading.Position = offset + 1;
            _fetched.Add((reading.Place, offset, null, message));
        }
        else
        {
            reading.Position = EndOf(reading.Place);
        }
    }

    private bool IsExchange(InputPartition place) => place.Input == _kafka.ExchangeInput;

    private static void Deliver(InputPartition place, long offset, InputRecord record, PolledRecords polled)
    {
        polled.RecordCount++;
        if (record.IsRefused)
        {
            polled.Refused.Add(Kafka.Letter(place, offset));
        }

        for (var index = 0; index < record.Facts.Count; index++)
        {
            record.Facts[index].Write(polled.Events, place.Input, place.Partition, offset, index);
        }
    }

    /// <summary>The end as of now: what has not arrived yet is not there.</summary>
    private long EndOf(InputPartition place) => IsExchange(place) ? _kafka.Exchange[place.Partition].LastStable : _world.EndOf(place);

    private void SetPaused(InputPartition partition, bool paused)
    {
        var reading = _owned[partition.Partition][partition.Input];
        if (reading.Paused == paused)
        {
            throw new BrokenPromiseException($"{partition} is paused or resumed twice");
        }

        reading.Paused = paused;
    }
}
