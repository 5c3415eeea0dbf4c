using BenchmarkDotNet.Attributes;
using StreamSegmenter.Conversions;
using StreamSegmenter.Customers;
using StreamSegmenter.Events;
using StreamSegmenter.Folding;
using StreamSegmenter.Perf.Load;
using StreamSegmenter.Segments;

namespace StreamSegmenter.Perf.Micro;

/// <summary>What one event does to its customer's record: session, cart, conversion counts, traits, memberships. The
/// records are at hand, so this is the fold without the store.</summary>
public class FoldBench
{
    private const int Operations = 20_000;
    private const long DayMs = 86_400_000;
    private readonly EventBatch _batch = DecodedTraffic.Batch(Operations);
    private readonly SegmentProgram _segments = Compile();
    private readonly CustomerFold _fold;
    private readonly CustomerRecord[] _records = new CustomerRecord[Operations];
    private readonly List<MembershipChange> _changes = [];
    private readonly FoldOutput _output = new(new OnePane());
    private long _shiftMs;

    public FoldBench()
    {
        _fold = new CustomerFold(LoadDefinitions.Storefront, _segments);
        var byCustomer = new Dictionary<ulong, CustomerRecord>();
        for (var i = 0; i < Operations; i++)
        {
            if (!byCustomer.TryGetValue(_batch[i].KeyHash, out _records[i]!))
            {
                _records[i] = new CustomerRecord();
                _records[i].Initialize(_segments.Layout);
                byCustomer.Add(_batch[i].KeyHash, _records[i]);
            }
        }
    }

    /// <summary>A day's traffic of the same customers, day after day, so that windows fill and empty.</summary>
    [Benchmark(OperationsPerInvoke = Operations)]
    public long Apply_an_event()
    {
        _shiftMs += DayMs;
        for (var i = 0; i < Operations; i++)
        {
            var e = _batch[i];
            e.EventTimeMs += _shiftMs;
            _fold.Apply(_records[i], _batch.Text(in e, e.CustomerKey), in e, _batch, _output);
        }

        _output.Clear();
        return _output.Totals.Sessions;
    }

    /// <summary>All segments of a customer, evaluated for an instant.</summary>
    [Benchmark(OperationsPerInvoke = Operations)]
    public int Evaluate_all_segments()
    {
        for (var i = 0; i < Operations; i++)
        {
            var record = _records[i];
            _segments.Evaluate(record, "customer"u8, record.Header.ClockMs, _changes);
        }

        var changes = _changes.Count;
        _changes.Clear();
        return changes;
    }

    private static SegmentProgram Compile()
    {
        var errors = new List<DefinitionError>();
        return LoadDefinitions.Storefront.CompileSegments([], errors)
            ?? throw new InvalidOperationException(string.Join(Environment.NewLine, errors));
    }

    private sealed class OnePane : IConversionPanes
    {
        private readonly PaneCounts[] _counts = new PaneCounts[1];

        public bool IsOpen(PaneKey key, long eventTimeMs) => true;

        public ref PaneCounts Open(PaneKey key, ReadOnlySpan<byte> value) => ref _counts[0];
    }
}
