using Confluent.Kafka;
using StreamSegmenter.Connectors.Kafka;

namespace StreamSegmenter.Perf.Load;

/// <summary>The broker in a process of its own, with the load already in its topic. Prints its address, then serves until its
/// standard input closes.</summary>
internal static class BrokerProgram
{
    public static void Run(LoadOptions load)
    {
        using var broker = EmbeddedBroker.Start();
        broker.CreateTopic(LoadOptions.Topic, load.Partitions);
        foreach (var output in KafkaLoad.Outputs.Topics)
        {
            broker.CreateTopic(output, load.Partitions);
        }

        broker.CreateTopic(KafkaLoad.Outputs.Changelog, load.Partitions);
        Produce(broker.BootstrapServers, load);
        Console.Out.WriteLine(broker.BootstrapServers);
        Console.Out.Flush();
        while (Console.In.Read() >= 0)
        {
        }
    }

    private static void Produce(string bootstrapServers, LoadOptions load)
    {
        var log = RecordLog.Of(new Traffic(load.Shape), load.EventsInAll, load.Partitions, load.Codec);
        using var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig
        {
            BootstrapServers = bootstrapServers, LingerMs = 50, BatchSize = 256 * 1024, CompressionType = CompressionType.Lz4,
            QueueBufferingMaxMessages = 200_000, EnableDeliveryReports = true, DeliveryReportFields = "none",
        }).Build();
        Exception? refused = null;
        for (var offset = 0; offset < load.EventsInAll; offset++)
        {
            var any = false;
            for (var partition = 0; partition < log.Partitions; partition++)
            {
                if (offset < log.CountOf(partition))
                {
                    any = true;
                    Send(producer, new TopicPartition(LoadOptions.Topic, partition), log[partition, offset].ToArray(), error => refused = error);
                }
            }

            if (!any)
            {
                break;
            }
        }

        producer.Flush(TimeSpan.FromMinutes(2));
        if (refused is not null)
        {
            throw refused;
        }
    }

    private static void Send(IProducer<byte[], byte[]> producer, TopicPartition to, byte[] value, Action<Exception> onRefused)
    {
        while (true)
        {
            try
            {
                producer.Produce(to, new Message<byte[], byte[]> { Value = value }, report =>
                {
                    if (report.Error.IsError)
                    {
                        onRefused(new KafkaException(report.Error));
                    }
                });
                return;
            }
            catch (ProduceException<byte[], byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
            {
                producer.Poll(TimeSpan.FromMilliseconds(20));
            }
        }
    }
}
