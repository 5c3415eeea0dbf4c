using System.Text;
using StreamSegmenter.Conversions;
using StreamSegmenter.Customers;
using StreamSegmenter.Events;
using StreamSegmenter.Folding;
using StreamSegmenter.Segments;
using StreamSegmenter.Testing.Reference;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Tests.Folding;

/// <summary>The engine's fold over the customers of a history, with what it emitted.</summary>
internal sealed class LateRun
{
    private readonly StorefrontDefinitions _definitions;
    private readonly SegmentProgram _segments;
    private readonly CustomerFold _fold;
    private readonly SortedDictionary<string, CustomerRecord> _records = new(StringComparer.Ordinal);
    private readonly CountedPanes _panes = new();
    private readonly FoldOutput _output;
    private readonly EventBatch _batch = new();
    private readonly RecordArena _arena = new();
    private readonly Random _random = new(1);
    private long _offset;

    private readonly bool _storesBetween;

    /// <param name="definitions">What is folded by.</param>
    /// <param name="storesBetween">Now and then a record is stored and loaded again, as commits do.</param>
    public LateRun(StorefrontDefinitions definitions, bool storesBetween = true)
    {
        _storesBetween = storesBetween;
        _definitions = definitions;
        _segments = definitions.CompileSegments([], [])!;
        _fold = new CustomerFold(definitions, _segments);
        _output = new FoldOutput(_panes);
    }

    public FoldTotals Totals => _output.Totals;

    public int LateCount { get; private set; }

    public int RetractedCount => _output.Carts.Triggers.Count(trigger => trigger.Kind == TriggerKind.Retracted);

    public void LetTimePass(long untilMs)
    {
        foreach (var (customer, record) in _records)
        {
            _fold.RunUntil(record, Encoding.UTF8.GetBytes(customer), untilMs, _output);
        }
    }

    public void Apply(Fact fact, long atMs)
    {
        LateCount += fact.TimeMs < atMs ? 1 : 0;
        if (!_records.TryGetValue(fact.Customer, out var record))
        {
            record = _records[fact.Customer] = new CustomerRecord();
            record.Initialize(_fold.Layout);
        }

        if (_storesBetween && _random.Next(3) == 0)
        {
            record = _records[fact.Customer] = PutAway(record);
        }

        _batch.Clear();
        fact.Write(_batch, 0, 0, _offset++, 0);
        _fold.Apply(record, Encoding.UTF8.GetBytes(fact.Customer), in _batch[0], _batch, _output);
    }

    /// <summary>What a commit and the next event of the customer do: the record is stored, and another one takes it over.</summary>
    private CustomerRecord PutAway(CustomerRecord record)
    {
        var stored = record.ToStored();
        var loaded = new CustomerRecord();
        loaded.Arena = _arena;
        loaded.Load(stored.Span, new RecordLayouts(_fold.Layout));
        return loaded;
    }

    /// <summary>Triggers that were emitted, less those that were retracted, in the order of their texts.</summary>
    public IEnumerable<string> Standing()
    {
        var standing = new Dictionary<string, string>();
        foreach (var trigger in _output.Carts.Triggers)
        {
            if (trigger.Kind == TriggerKind.Emitted)
            {
                Assert.True(standing.TryAdd(trigger.TriggerId, Recomputation.TextOf(trigger)), $"{trigger.TriggerId} was emitted twice");
            }
            else
            {
                Assert.True(standing.Remove(trigger.TriggerId), $"{trigger.TriggerId} was {trigger.Kind} and did not stand");
            }
        }

        return standing.Values.Order(StringComparer.Ordinal);
    }

    public IEnumerable<ConversionPane> Panes(long endMs) => _panes.Describe(_definitions, endMs);

    public IEnumerable<string> Memberships() =>
        from record in _records
        from segment in Enumerable.Range(0, _segments.SegmentIds.Count)
        where _segments.IsMember(record.Value, segment)
        select $"{record.Key} {_segments.SegmentIds[segment]}";

    public IEnumerable<string> EmittedMemberships() => _output.MembershipChanges.GroupBy(change => (change.CustomerId, change.Segment))
        .Where(changes => changes.Last().Kind == MembershipKind.Entered).Select(changes => $"{changes.Key.CustomerId} {changes.Key.Segment}");

    /// <summary>Panes that stay open.</summary>
    private sealed class CountedPanes : IConversionPanes
    {
        private readonly Dictionary<(PaneKey Key, string Value), PaneCounts[]> _counts = [];

        public bool IsOpen(PaneKey key, long eventTimeMs) => true;

        public ref PaneCounts Open(PaneKey key, ReadOnlySpan<byte> value)
        {
            var name = (key, Encoding.UTF8.GetString(value));
            _counts.TryAdd(name, new PaneCounts[1]);
            return ref _counts[name][0];
        }

        // A pane that a correction has emptied counts nothing, and says so.
        public IEnumerable<ConversionPane> Describe(StorefrontDefinitions definitions, long endMs) =>
            _counts.Where(pane => !pane.Value[0].IsZero).Select(pane =>
            {
                var counts = pane.Value[0];
                var windowMs = definitions.Conversions.WindowsMs[pane.Key.Key.Window];
                var finalMs = pane.Key.Key.StartMs + windowMs + definitions.GraceMs;
                return new ConversionPane(
                    windowMs, pane.Key.Key.StartMs, pane.Key.Key.StartMs + windowMs, pane.Key.Key.Dimension == PaneKey.AllTraffic ? "all" : definitions.Conversions.Dimensions[pane.Key.Key.Dimension].Name, pane.Key.Value,
                    counts.Events, counts.Visitors, counts.Sessions, counts.SessionsWithCart, counts.SessionsWithOrder, counts.SessionsWithCartAndOrder,
                    [.. definitions.Conversions.Funnel.Select((step, i) => new FunnelStep(EventTypes.NameOf(step), counts.Funnel[i]))],
                    counts.Orders, counts.RevenueMinor, "EUR", finalMs <= endMs, finalMs + definitions.Conversions.HorizonMs <= endMs)
                {
                    Customers = counts.Customers, NewCustomers = counts.NewCustomers, RepeatCustomers = counts.RepeatCustomers,
                };
            });
    }
}
