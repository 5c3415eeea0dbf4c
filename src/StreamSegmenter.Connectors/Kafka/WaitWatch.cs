using System.Globalization;
using Confluent.Kafka;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>Watches a wait for one broker's answer that has no limit of its own, because brokers may be away for as long as it takes:
/// it ends when that broker answers another connection. Lane's thread only.</summary>
internal sealed class WaitWatch(KafkaSettings settings, BrokerProbe probe, TimeProvider clock, SilentClient client)
{
    private long _since = clock.GetTimestamp();
    private string _statistics = "{}";

    /// <summary>What the client that waits last said of itself.</summary>
    public void ReadStatistics(string json) => _statistics = json;

    /// <summary>A wait begins, or an answer came.</summary>
    public void Begin()
    {
        _since = clock.GetTimestamp();
        probe.Forget();
    }

    /// <summary>Now and then while waiting for the partition's leader.</summary>
    /// <param name="position">Where reading stands; -1: any answer was waited for.</param>
    /// <exception cref="WedgedClientException">It answers others.</exception>
    public void ThrowIfLeaderAnswersOthers(TopicPartition place, long position)
    {
        if (IsWorthAsking && probe.Ask([place], aboutGroup: false) is { } answer
            && answer.Ends.TryGetValue(place, out var end) && end > position && IsTooLong)
        {
            throw Wedged($"partition {Text(place.Partition.Value)} of '{place.Topic}'", $"its leader answers another connection (it can be read to {Text(end)})");
        }
    }

    /// <summary>Now and then while waiting for the group's coordinator.</summary>
    /// <exception cref="WedgedClientException">It answers others.</exception>
    public void ThrowIfCoordinatorAnswersOthers()
    {
        if (IsWorthAsking && probe.Ask([], aboutGroup: true) is { CoordinatorAnswers: true } && IsTooLong)
        {
            throw Wedged($"the coordinator of group '{settings.GroupId}'", "it answers another connection");
        }
    }

    private bool IsWorthAsking => clock.GetElapsedTime(_since) > probe.AskAfter;

    private bool IsTooLong => clock.GetElapsedTime(_since) > probe.SilenceMax;

    private WedgedClientException Wedged(string who, string although) => new(
        client, $"{who} has not answered a restore for {Text((long)clock.GetElapsedTime(_since).TotalSeconds)} s, although {although}",
        ClientStatistics.Describe(_statistics));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
