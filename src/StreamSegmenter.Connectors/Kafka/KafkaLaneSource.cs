using System.Text.Json;
using Confluent.Kafka;
using StreamSegmenter.Engine.Contracts;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>A lane's records from Kafka: one consumer of the group, subscribed to every input topic. Made by
/// <see cref="KafkaLane"/>. While no broker answers it delivers nothing and throws nothing; see <see cref="Status"/>.</summary>
internal sealed class KafkaLaneSource : ILaneSource
{
    private static readonly TimeSpan HeldPollTimeout = TimeSpan.FromMilliseconds(100);

    private readonly KafkaSettings _settings;
    private readonly IConsumer<CapturedBytes, CapturedBytes> _consumer;
    private readonly IRecordReader _reader;
    private readonly GroupChanges _changes;
    private readonly PolledPruner _pruner;
    private readonly PartitionHolds _holds;
    private readonly EndOffsets _ends;
    private readonly EndProbe _probe;
    private readonly ConsumerWatch _watch;
    private readonly RecordDelivery _delivery;
    private bool _subscribed;
    private bool _closed;
    private bool _isAbandoned;

    internal KafkaLaneSource(
        KafkaSettings settings, int lane, IReadOnlyList<IRecordDecoder> decoders, TimeProvider clock, Action<ClientLog>? log,
        Action<LostRecords>? lost)
    {
        _watch = new ConsumerWatch(settings, new BrokerProbe(settings, lane, clock), clock);
        _settings = settings;
        Status = new ConnectionStatus(clock);
        List<string> topics = settings.Sources.Select(source => source.Topic).ToList();
        var assignment = new Assignment(topics);
        _pruner = new PolledPruner(topics);
        _changes = new GroupChanges(settings, assignment, _pruner);
        _consumer = new ConsumerBuilder<CapturedBytes, CapturedBytes>(ClientConfigs.Consumer(settings, lane))
            .SetKeyDeserializer(new CapturedBytes())
            .SetValueDeserializer(new CapturedBytes())
            .SetErrorHandler((_, error) => Status.Report(error))
            .SetStatisticsHandler((_, json) => ReadStatistics(json))
            .SetLogHandler((_, line) => log?.Invoke(new ClientLog((int)line.Level, line.Name, line.Facility, line.Message)))
            .SetPartitionsAssignedHandler((consumer, places) =>
            {
                Status.TakingUp();
                var starts = _changes.Assigned(consumer, places);
                Status.TakenUp();
                return starts;
            })
            .SetPartitionsRevokedHandler((consumer, places) =>
            {
                Status.Joining();
                _changes.Revoked(consumer, Places(places), _delivery!.Polled);
            })
            .SetPartitionsLostHandler((consumer, places) =>
            {
                Status.Joining();
                _changes.Lost(consumer, Places(places), _delivery!.Polled);
            })
            .Build();
        IRecordReader? batched = settings.BatchedReads
            ? BatchRecordReader.TryCreate(_consumer, topics, settings.RecordsPerPollMax)
            : null;
        _reader = batched ?? new SingleRecordReader(_consumer, topics);
        _holds = new PartitionHolds(_consumer, assignment, clock);
        _delivery = new RecordDelivery(decoders, assignment, _holds, _consumer, Status, _watch, lost);
        _ends = new EndOffsets(_consumer, clock);
        _probe = new EndProbe(_consumer.Handle, clock, Status);
    }

    public IAssignmentListener? Listener
    {
        get => _changes.Listener;
        set => _changes.Listener = value;
    }

    /// <summary>Whether brokers answer, for readiness.</summary>
    public ConnectionStatus Status { get; }

    internal IConsumer<CapturedBytes, CapturedBytes> Consumer => _consumer;

    internal ConsumerWatch Watch => _watch;

    /// <inheritdoc/>
    /// <exception cref="InstanceHeldException">The group does not let the lane in yet.</exception>
    /// <exception cref="WedgedClientException">The client hears nothing although the brokers are there.</exception>
    /// <exception cref="KafkaLaneException">The lane cannot go on: see there.</exception>
    public void Poll(PolledRecords polled, TimeSpan timeout)
    {
        if (!_subscribed)
        {
            _consumer.Subscribe(_settings.Sources.Select(source => source.Topic));
            _subscribed = true;
        }

        if (_holds.Any)
        {
            _holds.ReleaseDue();
            timeout = timeout < HeldPollTimeout ? timeout : HeldPollTimeout;
        }

        _delivery.Polled = polled;
        try
        {
            _reader.Read(timeout, _settings.RecordsPerPollMax, _delivery);
        }
        finally
        {
            _delivery.Polled = null;
        }

        if (polled.RecordCount > 0)
        {
            Status.Connected();
        }

        _changes.ThrowIfFailed();
        ThrowIfFatal();
        _watch.Check(_changes.Assignment);
    }

    public void ReportProgress(IDictionary<InputPartition, PartitionProgress> progress)
    {
        progress.Clear();
        _ends.Refresh(_changes.Assignment);
        _probe.Refresh(_changes.Assignment);
        var silentByWill = true;
        AssignedPartition? unreadable = null;
        foreach (var partition in _changes.Assignment.Partitions)
        {
            silentByWill &= partition.Held || partition.PausedByLane;
            unreadable = partition.Attempts > 0 ? partition : unreadable;
            if (_changes.Assignment.Shards.Contains(partition.Key.Partition))
            {
                progress[partition.Key] = new PartitionProgress(partition.Position, partition.EndOffset)
                {
                    CaughtUpAtMs = partition.CaughtUpAtMs,
                };
            }
        }

        if (silentByWill)
        {
            Status.Heard();
        }

        Status.Hold(unreadable?.UnreadableReason);
    }

    public void Pause(InputPartition partition)
    {
        if (_changes.Assignment.Find(partition.Input, partition.Partition) is { } found)
        {
            found.PausedByLane = true;
            found.Answered = false;
            _consumer.Pause([found.Place]);
        }
    }

    public void Resume(InputPartition partition)
    {
        if (_changes.Assignment.Find(partition.Input, partition.Partition) is { PausedByLane: true } found)
        {
            found.PausedByLane = false;
            if (!found.PausedByHold)
            {
                _consumer.Resume([found.Place]);
            }
        }
    }

    public void Seek(InputPartition partition, long offset)
    {
        if (_changes.Assignment.Find(partition.Input, partition.Partition) is { } found)
        {
            // The group's own offset is where this assignment began, since the lane has committed nothing of it. Before the
            // first record there is nothing to go back from.
            var target = offset >= 0 ? offset : found.StartedAt;
            if (target >= 0)
            {
                if (_delivery.Polled is { } polled)
                {
                    _pruner.Remove(polled, (input, number) => input == partition.Input && number == partition.Partition);
                }

                _holds.Seek(found, target, reading: _delivery.Polled is not null);
            }
        }
    }

    /// <inheritdoc/>
    /// <remarks>A static member (<see cref="KafkaSettings.InstanceId"/>) does not leave: its partitions wait for its return until
    /// the session times out. The listener hears nothing any more.</remarks>
    public void Close() => Leave(mayBeHeard: Status.IsConnected);

    /// <summary>Gives a client up that hears nothing, so that another can be made: leaves the group if it hears that much, and a static member
    /// of the broker's own group protocol its name.</summary>
    internal void Abandon() => Leave(mayBeHeard: true);

    /// <summary>Without <see cref="Close"/> the lane disappears from its group as if its process had died.</summary>
    public void Dispose()
    {
        _probe.Dispose();
        _reader.Dispose();
        DisposeConsumer();
    }

    private void ThrowIfFatal()
    {
        if (Status.IsFatal)
        {
            switch (NativeHandle.FatalError(_consumer)?.Code)
            {
                case ErrorCode.UnreleasedInstanceId:
                    throw InstanceHeldException.Held(_settings, Status.HasJoined);
                case ErrorCode.FencedInstanceId when !Status.HasJoined:
                    throw InstanceHeldException.Fenced(_settings);
                default:
                    Status.ThrowIfFatal();
                    break;
            }
        }
    }

    /// <summary>A coordinator that is stuck, or moves, may not answer for long; then the group learns by the session's end that the lane has
    /// left. Nor is there anything to leave when another member has the name by now.</summary>
    private void Leave(bool mayBeHeard)
    {
        if (!_closed)
        {
            _closed = true;
            Listener = null;
            _probe.Dispose();
            _reader.Dispose();
            if (!(mayBeHeard && ClientDisposal.TryRun(_consumer.Close)))
            {
                _isAbandoned = true;
                DisposeConsumer();
            }
        }
    }

    /// <summary>While no broker answers, the group cannot hear that the lane leaves, and the client waits for as long as a session
    /// lasts for the answer to a commit that was given up: that need not keep the lane, nor the process.</summary>
    private void DisposeConsumer()
    {
        if (Status.IsConnected && !_isAbandoned)
        {
            ClientDisposal.Run(_consumer);
        }
        else
        {
            _ = Task.Run(_consumer.Dispose);
        }
    }

    private void ReadStatistics(string json)
    {
        using var statistics = JsonDocument.Parse(json);
        _watch.ReadStatistics(json, statistics.RootElement, _changes.Assignment);
        if (!Status.IsConnected && ClientStatistics.HasConnection(statistics.RootElement))
        {
            Status.Connected();
        }
    }

    private static List<TopicPartition> Places(List<TopicPartitionOffset> positions) =>
        positions.ConvertAll(position => position.TopicPartition);
}
