using System.Globalization;
using StreamSegmenter.Conversions;
using StreamSegmenter.Engine.Outputs;
using StreamSegmenter.Events;
using StreamSegmenter.Host.Commands;
using StreamSegmenter.Segments;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Host.Demo;

/// <summary>What kind of output a line of the demo shows.</summary>
internal enum HappeningKind : byte
{
    Trigger,
    Recovered,
    Retracted,
    Membership,
    Conversion,
    Engine,
}

/// <summary>One line of the demo's feed.</summary>
internal readonly record struct Happening(HappeningKind Kind, string Time, string Text)
{
    public string Label => Kind.ToString().ToLowerInvariant();

    public override string ToString() => $"{Time}  {Label,-10}  {Text}";
}

/// <summary>A segment's numbers since the demo began, when it had no members.</summary>
internal sealed record SegmentCount(string Segment)
{
    public long Entered { get; set; }

    public long Exited { get; set; }

    public long Members => Entered - Exited;
}

/// <summary>Gathers the engine's outputs, which come on the lanes' threads, until the screen takes them.</summary>
internal sealed class DemoFeed(TimeProvider clock)
{
    /// <summary>So many lines of a kind are kept in a second; the others are only counted.</summary>
    private const int ShownMax = 2;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly List<Happening> _lines = [];
    private readonly int[] _shown = new int[Enum.GetValues<HappeningKind>().Length];
    private readonly SortedDictionary<string, SegmentCount> _segments = new(StringComparer.Ordinal);
    private readonly DemoWindows _windows = new();
    private long _countingSince;

    public long Triggers { get; private set; }

    public long Recovered { get; private set; }

    public long Retracted { get; private set; }

    public long MembershipChanges { get; private set; }

    public IDisposable[] SubscribeTo(EngineOutputs outputs) =>
    [
        outputs.CartAbandoned.Subscribe(Add),
        outputs.MembershipChanges.Subscribe(Add),
        outputs.ConversionPanes.Subscribe(Add),
    ];

    /// <summary>The engine's own reports.</summary>
    public void Report(string sentence)
    {
        lock (_gate)
        {
            _lines.Add(new Happening(HappeningKind.Engine, Time(clock.GetUtcNow().ToUnixTimeMilliseconds()), sentence));
        }
    }

    public void Add(CartAbandoned trigger)
    {
        lock (_gate)
        {
            switch (trigger.Kind)
            {
                case TriggerKind.Recovered:
                    Recovered++;
                    Show(HappeningKind.Recovered, trigger.OrderedAtMs ?? trigger.FiredAtMs, $"{trigger.CustomerId}{Worth(", ", trigger.RevenueMinor, trigger.RevenueCurrency)}");
                    break;
                case TriggerKind.Retracted:
                    Retracted++;
                    Show(HappeningKind.Retracted, trigger.FiredAtMs, $"{trigger.CustomerId} had ordered, the order came late");
                    break;
                default:
                    Triggers++;
                    var items = trigger.Lines.Sum(line => line.Quantity);
                    Show(
                        HappeningKind.Trigger, trigger.FiredAtMs,
                        $"{trigger.CustomerId} left {items} {(items == 1 ? "item" : "items")}{Worth(" worth ", trigger.TotalMinor, trigger.Currency)}");
                    break;
            }
        }
    }

    public void Add(MembershipChange change)
    {
        lock (_gate)
        {
            MembershipChanges++;
            if (!_segments.TryGetValue(change.Segment, out var count))
            {
                _segments.Add(change.Segment, count = new SegmentCount(change.Segment));
            }

            var hasEntered = change.Kind == MembershipKind.Entered;
            count.Entered += hasEntered ? 1 : 0;
            count.Exited += hasEntered ? 0 : 1;
            Show(HappeningKind.Membership, change.AtMs, $"{change.CustomerId} {(hasEntered ? "entered" : "left")} {change.Segment}");
        }
    }

    public void Add(ConversionPane pane)
    {
        lock (_gate)
        {
            if (_windows.Add(pane) is { } whole)
            {
                var rate = (whole.ConversionRate ?? 0).ToString("P1", CultureInfo.InvariantCulture);
                Show(
                    HappeningKind.Conversion, whole.EndMs,
                    string.Create(CultureInfo.InvariantCulture, $"last {whole.WindowMs / 1000} s: {whole.Visitors:N0} visitors, {whole.Sessions:N0} sessions, ")
                    + string.Create(CultureInfo.InvariantCulture, $"{whole.SessionsWithOrder:N0} with an order so far: rate {rate}"));
            }
        }
    }

    /// <summary>The lines since the last call.</summary>
    public Happening[] Take()
    {
        lock (_gate)
        {
            Happening[] lines = [.. _lines];
            _lines.Clear();
            if (clock.GetElapsedTime(_countingSince) >= Second)
            {
                _countingSince = clock.GetTimestamp();
                Array.Clear(_shown);
            }

            return lines;
        }
    }

    /// <summary>The segments as of now.</summary>
    public SegmentCount[] Segments()
    {
        lock (_gate)
        {
            return [.. _segments.Values.Select(count => count with { })];
        }
    }

    private void Show(HappeningKind kind, long atMs, string text)
    {
        if (_shown[(int)kind]++ < ShownMax)
        {
            _lines.Add(new Happening(kind, Time(atMs), text));
        }
    }

    private static string Worth(string before, long? minor, string? code) =>
        minor is { } amount && Currency.TryParse(code ?? "", out var currency) ? before + Money.Show(amount, currency) : "";

    private static string Time(long ms) =>
        DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);
}
