using Confluent.Kafka;

namespace StreamSegmenter.Perf.Load;

/// <summary>The floor: Confluent.Kafka's <c>Consume()</c> in a loop, with its ordinary settings.</summary>
internal static class ConsumeProgram
{
    public static LoadRound Run(LoadOptions load, string bootstrapServers)
    {
        using var consumer = new ConsumerBuilder<Ignore, byte[]>(new ConsumerConfig
        {
            BootstrapServers = bootstrapServers, GroupId = "perf-consume", AutoOffsetReset = AutoOffsetReset.Earliest, EnableAutoCommit = false,
        }).Build();
        consumer.Subscribe(LoadOptions.Topic);
        var meter = new LoadMeter();
        var bytes = 0L;
        for (var consumed = 0L; consumed < load.EventsInAll; consumed++)
        {
            if (consumed == LoadOptions.WarmUpEvents)
            {
                meter.Start(consumed);
            }

            bytes += consumer.Consume(TimeSpan.FromSeconds(30))?.Message.Value.Length
                ?? throw new TimeoutException($"no record for 30 s after {consumed} of {load.EventsInAll}");
        }

        var round = meter.Stop(load.EventsInAll, new Dictionary<string, long> { ["bytes"] = bytes });
        consumer.Close();
        return round;
    }
}
