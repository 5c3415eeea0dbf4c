using System.Text;
using StreamSegmenter.Customers;
using StreamSegmenter.Events;
using StreamSegmenter.Folding;
using StreamSegmenter.Segments;

namespace StreamSegmenter.Tests.Segments;

/// <summary>Definitions for tests: ids and expressions, in euros unless said otherwise.</summary>
internal static class TestDefinitions
{
    public static readonly Currency Euro = CurrencyOf("EUR");

    public static Currency CurrencyOf(string code) =>
        Currency.TryParse(code, out var currency) ? currency : throw new ArgumentException(code);

    public static StorefrontDefinitions Of(Currency currency, params (string Id, string When)[] segments) => new()
    {
        Currency = currency,
        Segments = [.. segments.Select((segment, i) => new SegmentDefinition(segment.Id, segment.When, "segments.yaml", 10 * (i + 1), 11))],
        GraceMs = 0,
        DeduplicationMs = 0,
    };

    public static SegmentProgram Compile(params (string Id, string When)[] segments)
    {
        var errors = new List<DefinitionError>();
        var program = Of(Euro, segments).CompileSegments([], errors);
        Assert.Empty(errors.Select(error => error.ToString()));
        return program!;
    }

    public static SegmentProgram Compile(string when) => Compile(("s", when));

    /// <summary>The errors of one definition that begins at line 10, column 11.</summary>
    public static IReadOnlyList<string> ErrorsOf(string when) => ErrorsOf([], ("s", when));

    public static IReadOnlyList<string> ErrorsOf(string[] knownEventTypes, params (string Id, string When)[] segments)
    {
        var errors = new List<DefinitionError>();
        var program = Of(Euro, segments).CompileSegments(knownEventTypes, errors);
        Assert.Equal(errors.Count == 0, program is not null);
        return [.. errors.Select(error => error.ToString())];
    }
}

/// <summary>One customer whose events and due instants are handled as the engine does it.</summary>
internal sealed class TestCustomer
{
    private readonly SegmentProgram _program;
    private readonly EventBatch _batch = new();
    private readonly byte[] _key = "customer-1"u8.ToArray();

    public TestCustomer(SegmentProgram program)
    {
        _program = program;
        Record.Initialize(program.Layout);
    }

    public SegmentProgram Program => _program;

    public CustomerRecord Record { get; } = new();

    public List<MembershipChange> Changes { get; } = [];

    public long DueMs => Record.Header.SegmentsDueMs;

    /// <summary>Evaluates at every due instant up to and including that one.</summary>
    public void AdvanceTo(long nowMs)
    {
        while (Record.Header.SegmentsDueMs <= nowMs)
        {
            var dueMs = Record.Header.SegmentsDueMs;
            Record.Header.ClockMs = dueMs;
            _program.Evaluate(Record, _key, dueMs, Changes);
            Assert.True(Record.Header.SegmentsDueMs > dueMs, "the next due instant lies behind the one evaluated");
        }
    }

    public TestCustomer Send(string type, long timeMs, Event? more = null)
    {
        var nowMs = Math.Max(Record.Header.ClockMs, timeMs);
        AdvanceTo(nowMs);
        _batch.Clear();
        (more ?? new Event()).Write(_batch, type, timeMs);
        ref var e = ref _batch[0];
        var touched = _program.Fold(Record, in e, _batch);
        Record.Header.ClockMs = nowMs;
        if (touched)
        {
            _program.EvaluateTouched(Record, _key, e.Type, nowMs, Changes);
        }

        return this;
    }

    public bool IsIn(string segment) => _program.IsMember(Record, _program.SegmentIds.ToList().IndexOf(segment));

    public bool IsMember => _program.IsMember(Record, 0);

    public bool IsMemberAt(long nowMs)
    {
        AdvanceTo(nowMs);
        return IsMember;
    }

    /// <summary>The changes as "vip entered 17".</summary>
    public IReadOnlyList<string> Story =>
        [.. Changes.Select(change => $"{change.Segment} {change.Kind.ToString().ToLowerInvariant()} {change.AtMs}")];
}

/// <summary>What an event carries beside its type and time.</summary>
internal sealed record Event
{
    public string? Category { get; init; }

    public string? Product { get; init; }

    public int? Quantity { get; init; }

    public long? PriceMinor { get; init; }

    public long? TotalMinor { get; init; }

    public string Currency { get; init; } = "EUR";

    public IReadOnlyDictionary<string, object> Properties { get; init; } = new Dictionary<string, object>();

    public void Write(EventBatch batch, string type, long timeMs)
    {
        ref var e = ref batch.BeginEvent(0, 0, 0, 0);
        e.EventTimeMs = timeMs;
        e.Type = EventTypes.Intern(type);
        e.Quantity = Quantity ?? 0;
        e.PriceMinor = PriceMinor ?? 0;
        e.TotalMinor = TotalMinor ?? 0;
        e.Currency = TestDefinitions.CurrencyOf(Currency);
        e.Fields = EventFields.EventTime
            | (Quantity is null ? 0 : EventFields.Quantity)
            | (PriceMinor is null ? 0 : EventFields.Price)
            | (TotalMinor is null ? 0 : EventFields.Total);
        e.CustomerId = batch.Append("customer-1"u8);
        e.Category = batch.Append(Encoding.UTF8.GetBytes(Category ?? ""));
        e.ProductId = batch.Append(Encoding.UTF8.GetBytes(Product ?? ""));
        foreach (var (name, value) in Properties)
        {
            var utf8Name = Encoding.UTF8.GetBytes(name);
            switch (value)
            {
                case string text:
                    batch.AddProperty(utf8Name, Encoding.UTF8.GetBytes(text));
                    break;
                case bool boolean:
                    batch.AddProperty(utf8Name, boolean);
                    break;
                default:
                    batch.AddProperty(utf8Name, Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture));
                    break;
            }
        }

        Assert.Equal(EventFault.None, batch.CompleteEvent());
    }
}
