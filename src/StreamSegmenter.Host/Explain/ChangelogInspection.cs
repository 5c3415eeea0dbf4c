using System.Text;
using StreamSegmenter.Connectors.Kafka;
using StreamSegmenter.Definitions;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.State;
using StreamSegmenter.Engine.Versions;
using StreamSegmenter.Folding;
using StreamSegmenter.Host.Commands;
using StreamSegmenter.Host.Running;
using StreamSegmenter.Host.Versions;
using StreamSegmenter.Runtime.Configuration;

namespace StreamSegmenter.Host.Explain;

/// <summary>Looks a customer up in the changelog: the truth about its state as of the last commit; and in the output topics, as
/// far back as they reach. Reads every partition, since only the producers know which one is the customer's;
/// joins no group and writes nothing.</summary>
internal static class ChangelogInspection
{
    /// <exception cref="CommandFailure">The topics cannot be looked at, or the changelog does not know the customer.</exception>
    public static FoundCustomer Find(
        StreamSegmenterConfiguration configuration, string customerId, bool withPast, CancellationToken cancellation)
    {
        var settings = CheckedKafka.ToRead(configuration);
        var scan = new TopicScan(settings);
        var others = new NameSample();
        var partitions = new List<CustomerLine>();
        scan.Read(
            settings.Outputs.Changelog,
            _ =>
            {
                partitions.Add(new CustomerLine(Encoding.UTF8.GetBytes(customerId), others));
                return partitions[^1];
            },
            _ => { }, cancellation);
        if (partitions.Find(partition => partition.Value is not null) is not { Value: { } record } wanted)
        {
            throw new CommandFailure(
                $"the changelog '{settings.Outputs.Changelog}' knows no customer '{customerId}'."
                + NearestName.Hint(customerId, others.Names));
        }

        return new FoundCustomer(record, null, withPast ? ReadPast(scan, settings.Outputs, customerId, cancellation) : [])
        {
            StoredLayouts = wanted.Layouts,
            Applied = wanted.Applied,
            Version = wanted.Applied is { } applied && !DefinitionVersion.IsFileId(applied.Id)
                ? PublishedVersions.Find(configuration, scan, settings, applied.Id, cancellation)
                : null,
        };
    }

    private static IReadOnlyList<TimelineEntry> ReadPast(
        TopicScan scan, KafkaOutputs topics, string customerId, CancellationToken cancellation)
    {
        var past = new CustomerPast(customerId);
        scan.Read(topics.SegmentMembership, new OutputLines(past.AddMembershipChange), cancellation);
        scan.Read(topics.CartAbandonment, new OutputLines(past.AddTrigger), cancellation);
        scan.Read(topics.SuppressedTriggers, new OutputLines(past.AddSuppressed), cancellation);
        return past.InOrder();
    }

    /// <summary>Keeps the last line of one customer.</summary>
    private sealed class CustomerLine(byte[] customerKey, NameSample others) : IRestoreTarget
    {
        private readonly byte[] _key = [StateKey.Customer, .. customerKey];

        public byte[]? Value { get; private set; }

        /// <summary>The definitions under which the customer's partition stands.</summary>
        public AppliedVersion? Applied { get; private set; }

        public List<byte[]> Layouts { get; } = [];

        public void Apply(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
        {
            if (key.SequenceEqual(_key))
            {
                Value = value.IsEmpty ? null : value.ToArray();
            }
            else if (key is [StateKey.Shard])
            {
                Applied = ShardRecord.Decode(value).Definitions;
            }
            else if (key is [StateKey.Layout, ..] && !value.IsEmpty)
            {
                Layouts.Add(value.ToArray());
            }
            else if (key is [StateKey.Customer, ..] && !value.IsEmpty)
            {
                others.Add(key[1..]);
            }
        }
    }

    private sealed class OutputLines(OutputLine take) : IRestoreTarget
    {
        public void Apply(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) => take(value);
    }
}
