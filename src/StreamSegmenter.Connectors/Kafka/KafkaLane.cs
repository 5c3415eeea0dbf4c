using StreamSegmenter.Connectors.Codecs;
using StreamSegmenter.Engine.Contracts;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>The two ends of one lane at Kafka: its source, and the sink that commits through the source's consumer. Creating
/// it connects to nobody; the first poll does. Close the source after the last commit, then dispose this.</summary>
internal sealed class KafkaLane : IDisposable
{
    private readonly KafkaLaneSource _source;
    private readonly KafkaLaneSink _sink;

    /// <param name="lane">Number of the lane in this process, from 0: part of its names in the group.</param>
    /// <param name="decoders">One per input, in the order of <see cref="KafkaSettings.Inputs"/>, used by this lane alone.</param>
    /// <param name="encoder">Used by this lane alone.</param>
    /// <param name="log">Receives librdkafka's log, also on its threads; null: nobody does.</param>
    /// <param name="lost">Hears of records that were deleted unread, on the lane's thread; null: nobody does.</param>
    /// <param name="replaced">Hears why a producer was replaced because it heard nothing, on the lane's thread; null: nobody does.</param>
    /// <param name="ended">Hears of transactions of predecessors that held up a restore, on the lane's thread; null: nobody does.</param>
    /// <exception cref="KafkaLaneException">The settings contradict themselves, or librdkafka refuses one.</exception>
    public KafkaLane(
        KafkaSettings settings, int lane, IReadOnlyList<IRecordDecoder> decoders, IOutputEncoder encoder, TimeProvider clock,
        Action<ClientLog>? log = null, Action<LostRecords>? lost = null, Action<string>? replaced = null,
        Action<OpenTransaction>? ended = null)
    {
        if (settings.Problems() is { Count: > 0 } problems)
        {
            throw new KafkaLaneException(string.Join(Environment.NewLine, problems));
        }

        _source = ClientProperties.Build(() => new KafkaLaneSource(settings, lane, decoders, clock, log, lost));
        _sink = new KafkaLaneSink(settings, lane, encoder, _source, clock, log, ended) { Replaced = replaced };
    }

    public ILaneSource Source => _source;

    public ILaneSink Sink => _sink;

    /// <summary>For readiness; read from any thread.</summary>
    public ConnectionStatus Status => _source.Status;

    /// <summary>After a <see cref="WedgedClientException"/>, instead of closing the source: gives the clients up, so that others can be made.
    /// The group hears that the lane leaves, if the client gets through to it, as a static member of the broker's own protocol must before
    /// its name is free. Within a few seconds, whatever the clients do; what is queued in them is not written any more.</summary>
    public void Abandon()
    {
        _sink.Dispose();
        _source.Abandon();
    }

    public void Dispose()
    {
        _sink.Dispose();
        _source.Dispose();
    }
}
