using System.Text;
using StreamSegmenter.Connectors.Kafka;
using StreamSegmenter.Customers;
using StreamSegmenter.Engine.Lanes;
using StreamSegmenter.Engine.State;
using StreamSegmenter.Host.Configuration;

namespace StreamSegmenter.Host.Commands;

/// <summary>Looks a customer up in the changelog: the truth about its state as of the last commit. Reads every partition,
/// since only whoever keyed the inputs knows which one is the customer's; joins no group and writes nothing.</summary>
internal static class ChangelogInspection
{
    private static readonly TimeSpan BrokerTimeout = TimeSpan.FromSeconds(10);

    /// <returns>Null when the changelog does not know the customer.</returns>
    /// <exception cref="CommandFailure">The topics cannot be looked at.</exception>
    public static CustomerView? Find(
        StreamSegmenterConfiguration configuration, string customerId, Terminal terminal, CancellationToken cancellation)
    {
        // At least once and nothing created: looking must not fence the running engine's producers nor make topics.
        var settings = EngineSetup.KafkaOf(configuration) with
        {
            Delivery = DeliveryMode.AtLeastOnce,
            CreateTopics = false,
            InstanceId = null,
        };
        var report = new TopicSetup(settings).Prepare(BrokerTimeout);
        if (report.Problems.Count > 0)
        {
            throw new CommandFailure(configuration.Redactor.Redact(string.Join(Environment.NewLine, report.Problems)));
        }

        using var codecs = new RecordCodecs(configuration, terminal.Time);
        using var kafka = new KafkaLane(
            settings, 0, [.. configuration.Inputs.Select(codecs.NewDecoder)], codecs.NewEncoder(), terminal.Time);
        var wanted = new CustomerLine(Encoding.UTF8.GetBytes(customerId));
        for (var partition = 0; partition < report.Partitions; partition++)
        {
            kafka.Sink.Restore(partition, wanted, cancellation);
        }

        if (wanted.Value is not { } stored)
        {
            return null;
        }

        var fold = new CustomerFold(configuration.Definitions, configuration.Segments);
        var record = new CustomerRecord();
        record.Load(stored, fold.TraitBytes, fold.LayoutHash);
        return fold.Describe(record, Encoding.UTF8.GetBytes(customerId));
    }

    /// <summary>Keeps the last line of one customer.</summary>
    private sealed class CustomerLine(byte[] customerKey) : IRestoreTarget
    {
        private readonly byte[] _key = [StateKey.Customer, .. customerKey];

        public byte[]? Value { get; private set; }

        public void Apply(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
        {
            if (key.SequenceEqual(_key))
            {
                Value = value.IsEmpty ? null : value.ToArray();
            }
        }
    }
}
