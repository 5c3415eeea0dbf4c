using System.Globalization;
using System.Text;
using System.Text.Json;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>Reads what librdkafka says of itself every few seconds; there is no other way to ask for most of it.</summary>
internal static class ClientStatistics
{
    private const int PartitionsShown = 24;

    /// <summary>At least one broker answers.</summary>
    public static bool HasConnection(JsonElement statistics) => statistics.TryGetProperty("brokers", out var brokers)
        && brokers.EnumerateObject().Any(broker => Text(broker.Value, "state") == "UP");

    /// <summary>Since when the group's coordinator has been silent; null: it never said anything.</summary>
    public static TimeSpan? CoordinatorSilence(JsonElement statistics)
    {
        if (!statistics.TryGetProperty("brokers", out var brokers))
        {
            return null;
        }

        var microseconds = brokers.EnumerateObject()
            .Where(broker => Text(broker.Value, "source") == "logical" && Text(broker.Value, "name").Contains("Coordinator", StringComparison.Ordinal))
            .Select(broker => Number(broker.Value, "rxidle")).DefaultIfEmpty(-1).Max();
        return microseconds < 0 ? null : TimeSpan.FromMicroseconds(microseconds);
    }

    /// <summary>Partitions of which records wait in the client's queue for the lane, and how many.</summary>
    public static IEnumerable<(string Topic, int Partition, long Records)> Queued(JsonElement statistics) =>
        from partition in Partitions(statistics)
        let records = Number(partition.Value, "fetchq_cnt")
        where records > 0
        select (partition.Topic, (int)Number(partition.Value, "partition"), records);

    /// <summary>Per broker how many requests to produce it was sent, and how many answers of any kind came from it.</summary>
    public static IEnumerable<(long Broker, long Requests, long Answers)> Produced(JsonElement statistics) =>
        statistics.TryGetProperty("brokers", out var brokers)
            ? from broker in brokers.EnumerateObject()
              where broker.Value.TryGetProperty("req", out _) && Number(broker.Value, "nodeid") >= 0
              select (Number(broker.Value, "nodeid"), Number(broker.Value.GetProperty("req"), "Produce"), Number(broker.Value, "rx"))
            : [];

    /// <summary>Who leads the partitions that the client knows.</summary>
    public static IEnumerable<(string Topic, int Partition, long Broker)> Leaders(JsonElement statistics) =>
        from partition in Partitions(statistics)
        select (partition.Topic, (int)Number(partition.Value, "partition"), Number(partition.Value, "leader"));

    /// <inheritdoc cref="Describe(JsonElement)"/>
    public static string Describe(string json)
    {
        using var statistics = JsonDocument.Parse(json);
        return Describe(statistics.RootElement);
    }

    /// <summary>Brokers, coordinator and partitions as the client sees them, for an operator.</summary>
    public static string Describe(JsonElement statistics)
    {
        var text = new StringBuilder();
        if (statistics.TryGetProperty("brokers", out var brokers))
        {
            text.AppendJoin(", ", brokers.EnumerateObject().Select(broker => string.Create(
                CultureInfo.InvariantCulture,
                $"{broker.Name} {Text(broker.Value, "state")}, heard {Number(broker.Value, "rxidle") / 1_000_000} s ago, {Number(broker.Value, "waitresp_cnt")} requests unanswered")));
        }

        if (statistics.TryGetProperty("cgrp", out var group))
        {
            text.Append(CultureInfo.InvariantCulture, $"; group {Text(group, "state")}, {Text(group, "join_state")}, {Number(group, "assignment_size")} partitions");
        }

        text.AppendJoin("", Partitions(statistics).Where(partition => Text(partition.Value, "fetch_state") is not ("" or "none")).Take(PartitionsShown)
            .Select(partition => string.Create(
                CultureInfo.InvariantCulture,
                $"; {partition.Topic}/{Number(partition.Value, "partition")} {Text(partition.Value, "fetch_state")} at broker {Number(partition.Value, "broker")}, "
                + $"leader {Number(partition.Value, "leader")}, next offset {Number(partition.Value, "next_offset")}, end {Number(partition.Value, "hi_offset")}")));
        return text.ToString();
    }

    private static IEnumerable<(string Topic, JsonElement Value)> Partitions(JsonElement statistics) =>
        statistics.TryGetProperty("topics", out var topics)
            ? from topic in topics.EnumerateObject()
              from partition in topic.Value.GetProperty("partitions").EnumerateObject()
              where Number(partition.Value, "partition") >= 0
              select (topic.Name, partition.Value)
            : [];

    private static string Text(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static long Number(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.TryGetInt64(out var number) ? number : -1;
}
