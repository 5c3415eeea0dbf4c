using System.Text.Json;
using Confluent.Kafka;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>Which leaders answer a producer, be it with refusals after which it tries again, such as "not enough in-sync replicas": it is
/// not the client that is silent then. A leader answers when, from one statistics to the next, it was asked to produce again and
/// something came back from it. Lane's thread only.</summary>
internal sealed class ProduceAnswers(TimeProvider clock)
{
    private readonly Dictionary<long, (long Requests, long Answers)> _counts = [];
    private readonly Dictionary<long, long> _answeredAt = [];
    private readonly Dictionary<TopicPartition, long> _leaders = [];

    /// <summary>A commit begins: what an earlier producer heard does not count.</summary>
    public void Begin() => _answeredAt.Clear();

    public void ReadStatistics(string json)
    {
        using var statistics = JsonDocument.Parse(json);
        foreach (var (broker, requests, answers) in ClientStatistics.Produced(statistics.RootElement))
        {
            if (_counts.TryGetValue(broker, out var before) && requests > before.Requests && answers > before.Answers)
            {
                _answeredAt[broker] = clock.GetTimestamp();
            }

            _counts[broker] = (requests, answers);
        }

        foreach (var (topic, partition, leader) in ClientStatistics.Leaders(statistics.RootElement))
        {
            _leaders[new TopicPartition(topic, partition)] = leader;
        }
    }

    /// <summary>The partition's leader has answered within that time.</summary>
    public bool AnsweredWithin(TimeSpan time, TopicPartition place) => _leaders.TryGetValue(place, out var leader)
        && _answeredAt.TryGetValue(leader, out var answeredAt) && clock.GetElapsedTime(answeredAt) <= time;
}
