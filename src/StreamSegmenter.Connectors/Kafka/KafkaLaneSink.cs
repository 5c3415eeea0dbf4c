using System.Globalization;
using Confluent.Kafka;
using StreamSegmenter.Connectors.Codecs;
using StreamSegmenter.Engine.Contracts;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>A lane's commits into Kafka, and the restore of its shards from the changelog. Made by <see cref="KafkaLane"/>,
/// since it commits offsets through the source's consumer. How a commit goes, <see cref="CommitCycle"/> says.</summary>
internal sealed class KafkaLaneSink : ILaneSink
{
    private readonly CommitCycle _cycle;
    private readonly OutputWriter _writer;
    private readonly ChangelogReader _changelog;
    private readonly GroupOffsets _group;
    private readonly ChangelogIdentity _identity;
    private readonly WaitWatch _watch;
    private readonly CommitDeadline _deadline;
    private readonly ConnectionStatus _status;
    private readonly Dictionary<int, long> _positions = [];

    internal KafkaLaneSink(
        KafkaSettings settings, int lane, IOutputEncoder encoder, KafkaLaneSource source, TimeProvider clock, Action<ClientLog>? log,
        Action<OpenTransaction>? ended)
    {
        _status = source.Status;
        _watch = new WaitWatch(settings, new BrokerProbe(settings, lane, clock), clock, SilentClient.Restore);
        _deadline = new CommitDeadline(settings, new BrokerProbe(settings, lane, clock), clock) { ConsumerWatch = source.Watch };
        _cycle = new CommitCycle(settings, source.Consumer, () => MakeProducer(settings, lane, log), ClientConfigs.TransactionalId(settings, lane),
            _deadline, _positions);
        _group = new GroupOffsets(settings, source.Consumer, _watch);
        _identity = new ChangelogIdentity(settings.Outputs.Changelog, source.Consumer, source.Status, _watch);
        _writer = new OutputWriter(settings.Outputs, encoder);
        _changelog = new ChangelogReader(
            settings, settings.Outputs.Changelog, lane, source.Status, _watch, new OpenTransactions(settings, lane, clock, ended), log);
    }

    /// <summary>Hears why a producer was replaced because it heard nothing.</summary>
    internal Action<string>? Replaced
    {
        init => _deadline.Replaced = value;
    }

    public CommitOutcome Commit(CommitUnit unit, CancellationToken cancellation) => _cycle.Run(unit, _writer, cancellation);

    /// <inheritdoc/>
    /// <remarks>A changelog without any commit is that of a shard that never served, or a lost one: the group's offsets tell, since
    /// none are committed before the changelog.</remarks>
    /// <exception cref="KafkaLaneException">The changelog has no such partition.</exception>
    /// <exception cref="WedgedClientException">A client hears nothing although the brokers are there.</exception>
    public void Restore(int partition, long from, IRestoreTarget target, CancellationToken cancellation)
    {
        _watch.Begin();
        var number = partition.ToString(CultureInfo.InvariantCulture);
        // Before anything is written to it: a line more could hide that there were more before.
        _status.Restoring($"asks the leader of partition {number} of the changelog where it ends");
        _changelog.ThrowIfLost(partition, from, cancellation);
        _status.Restoring($"ends what a predecessor left unfinished, for partition {number}");
        _cycle.Prepare(partition, cancellation);
        _status.Restoring($"reads partition {number} of the changelog, and waits for the transactions that are open in it");
        _positions[partition] = _changelog.Restore(partition, from, target, cancellation);
        if (from == 0 && !_changelog.FoundCommit)
        {
            _group.ThrowIfAny(partition, cancellation);
        }
    }

    /// <inheritdoc/>
    /// <remarks>The topic's id, of brokers since Kafka 2.8. Waits for brokers as long as it takes.</remarks>
    public string ChangelogId(CancellationToken cancellation) => _identity.Ask(cancellation);

    public long ChangelogPosition(int partition) => _positions.GetValueOrDefault(partition);

    public void Dispose()
    {
        _cycle.Dispose();
        _changelog.Dispose();
    }

    private static IProducer<byte[], byte[]> MakeProducer(KafkaSettings settings, int lane, Action<ClientLog>? log) =>
        new ProducerBuilder<byte[], byte[]>(ClientConfigs.Producer(settings, lane))
            .SetErrorHandler((_, _) => { })
            .SetLogHandler((_, line) => log?.Invoke(new ClientLog((int)line.Level, line.Name, line.Facility, line.Message)))
            .Build();
}
