using StreamSegmenter.Connectors.Codecs.Reading;
using StreamSegmenter.Connectors.Kafka;

namespace StreamSegmenter.Host.Feed;

/// <summary>The output topics that are followed, and how their records are read. Several outputs may go to one topic.</summary>
internal sealed class FeedTopics
{
    private delegate object? Read(ReadOnlySpan<byte> value);

    private readonly List<Read[]> _readers = [];

    public FeedTopics(KafkaOutputs outputs)
    {
        (string Topic, Read Read, int Last)[] all =
        [
            (outputs.CartAbandonment, OutputReader.ReadTrigger, 4_000),
            (outputs.SuppressedTriggers, OutputReader.ReadSuppressed, 4_000),
            (outputs.SegmentMembership, OutputReader.ReadMembershipChange, 8_000),
            (outputs.ConversionMetrics, OutputReader.ReadPane, 20_000),
            (outputs.DeadLetters, OutputReader.ReadDeadLetter, 500),
        ];
        foreach (var topic in all.GroupBy(output => output.Topic, StringComparer.Ordinal))
        {
            Names.Add(topic.Key);
            LastRecords.Add(topic.Sum(output => output.Last));
            _readers.Add([.. topic.Select(output => output.Read)]);
        }
    }

    public List<string> Names { get; } = [];

    /// <summary>Of each topic, how many records before its end are read at the start.</summary>
    public List<int> LastRecords { get; } = [];

    /// <summary>Null: nothing that these topics are meant to hold.</summary>
    public object? Decode(int topic, ReadOnlySpan<byte> value)
    {
        foreach (var read in _readers[topic])
        {
            if (read(value) is { } output)
            {
                return output;
            }
        }

        return null;
    }
}
