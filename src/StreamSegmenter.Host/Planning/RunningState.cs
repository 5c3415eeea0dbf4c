using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;
using StreamSegmenter.Connectors.Kafka;
using StreamSegmenter.Customers;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.State;
using StreamSegmenter.Engine.Versions;
using StreamSegmenter.Folding;
using StreamSegmenter.Host.Running;
using StreamSegmenter.Runtime.Configuration;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Host.Planning;

/// <summary>A plan against a running engine: reads the committed state of all shards out of the changelog, and evaluates every customer under
/// the new definitions as a change at each shard's present watermark would. Writes nothing and joins no group.</summary>
internal sealed class RunningState(StreamSegmenterConfiguration configuration, PlanCounts counts)
{
    private static readonly int HeaderBytes = Unsafe.SizeOf<CustomerHeader>();
    private readonly CustomerFold _fold = new(configuration.Definitions, configuration.Segments);
    private readonly Dictionary<string, long> _atOnce = new(StringComparer.Ordinal);
    private readonly HashSet<string> _definedBefore = new(StringComparer.Ordinal);
    private readonly HashSet<uint> _known = [];
    private readonly FoldOutput _output = new(NoPanes.Instance);
    private readonly CustomerRecord _record = new();
    private int? _bytesBefore;

    public Plan Read(CancellationToken cancellation)
    {
        var settings = CheckedKafka.ToRead(configuration);
        Partition? current = null;
        new TopicScan(settings).Read(
            settings.Outputs.Changelog, _ => current = new Partition(), _ => Count(current!), cancellation);
        foreach (var segment in _definedBefore)
        {
            // Also one without members: that it is gone must be seen.
            counts.Define(segment);
        }

        var program = configuration.Segments;
        var warming = Enumerable.Range(0, program.SegmentIds.Count)
            .Where(segment => _known.Count > 0 && program.AggregatesOf(segment).Any(aggregate => !_known.Contains(AppliedVersion.HashOf(aggregate.Layout))))
            .Select(segment => program.SegmentIds[segment]);
        return new Plan(
            counts, [.. configuration.Definitions.CartAbandonment.Select(rule => new RulePlan(rule.Id, null, null, _atOnce.GetValueOrDefault(rule.Id)))],
            program.SegmentIds.ToHashSet(), _definedBefore, warming.ToHashSet(), _bytesBefore, _fold.Layout.AggregateBytes);
    }

    private void Count(Partition partition)
    {
        if (partition.Record is not { } shard)
        {
            return;
        }

        var layouts = new RecordLayouts(_fold.Layout);
        partition.Layouts.ForEach(layout => layouts.Add(layout));
        layouts.EffectiveMs = shard.WatermarkMs;
        if (shard.Definitions is { } applied && layouts.Find(applied.LayoutHash) is { } before)
        {
            _bytesBefore = before.AggregateBytes;
            _definedBefore.UnionWith(before.Segments.Select(segment => segment.Id));
            _known.UnionWith(before.Aggregates.Select(AppliedVersion.HashOf));
        }

        foreach (var (key, value) in partition.Customers)
        {
            Count(Encoding.UTF8.GetString(key, 1, key.Length - 1), key.AsSpan(1), value, layouts, shard.WatermarkMs);
        }
    }

    private void Count(string customer, ReadOnlySpan<byte> key, byte[] value, RecordLayouts layouts, long watermarkMs)
    {
        var before = MembershipsOf(value, layouts);
        _record.Load(value, layouts);
        _fold.RunUntil(_record, key, watermarkMs, _output);
        var after = new HashSet<string>(StringComparer.Ordinal);
        for (var segment = 0; segment < configuration.Segments.SegmentIds.Count; segment++)
        {
            if (configuration.Segments.IsMember(_record, segment))
            {
                after.Add(configuration.Segments.SegmentIds[segment]);
            }
        }

        counts.Add(customer, before, after);
        foreach (var trigger in _output.Carts.Triggers.Where(trigger => trigger.Kind == TriggerKind.Emitted))
        {
            _atOnce[trigger.Rule] = _atOnce.GetValueOrDefault(trigger.Rule) + 1;
        }

        _output.Clear();
    }

    /// <summary>As the engine has them, under whatever definitions the record was written.</summary>
    private static HashSet<string> MembershipsOf(byte[] value, RecordLayouts layouts)
    {
        var memberships = new HashSet<string>(StringComparer.Ordinal);
        if (layouts.Find(CustomerRecord.HeaderOf(value).LayoutHash) is { } layout)
        {
            for (var segment = 0; segment < layout.Segments.Count; segment++)
            {
                if (BinaryPrimitives.ReadInt64LittleEndian(value.AsSpan(HeaderBytes + (segment * RecordLayout.MembershipBytes))) != 0)
                {
                    memberships.Add(layout.Segments[segment].Id);
                }
            }
        }

        return memberships;
    }

    /// <summary>One partition's latest lines.</summary>
    private sealed class Partition : IRestoreTarget
    {
        private readonly Dictionary<string, (byte[] Key, byte[] Value)> _customers = new(StringComparer.Ordinal);

        public ShardRecord? Record { get; private set; }

        public List<byte[]> Layouts { get; } = [];

        public IEnumerable<(byte[] Key, byte[] Value)> Customers => _customers.Values;

        public void Apply(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
        {
            switch (key[0])
            {
                case StateKey.Shard when key.Length == 1:
                    Record = ShardRecord.Decode(value);
                    break;
                case StateKey.Layout when !value.IsEmpty:
                    Layouts.Add(value.ToArray());
                    break;
                case StateKey.Customer when value.IsEmpty:
                    _customers.Remove(Encoding.UTF8.GetString(key));
                    break;
                case StateKey.Customer:
                    _customers[Encoding.UTF8.GetString(key)] = (key.ToArray(), value.ToArray());
                    break;
                default:
                    break;
            }
        }
    }
}
