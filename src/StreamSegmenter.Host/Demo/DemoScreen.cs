using System.Globalization;
using StreamSegmenter.Conversions;
using StreamSegmenter.Events;
using StreamSegmenter.Host.Commands;
using StreamSegmenter.Host.Running;
using StreamSegmenter.Host.Validation;
using StreamSegmenter.Runtime.Configuration;
using StreamSegmenter.Runtime;
using StreamSegmenter.Segments;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Host.Demo;

/// <summary>What someone sees who watches the demo: some of the outputs as they come, the numbers of each window, and how it goes.
/// Outputs come on the lanes' threads and wait here until the screen's own thread shows them.</summary>
internal sealed class DemoScreen : IDisposable
{
    /// <summary>So many outputs of a kind are shown in a second; the others are only counted.</summary>
    private const int ShownMax = 2;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly KafkaEngine _engine;
    private readonly Terminal _terminal;
    private readonly ProgressLine _progress;
    private readonly EngineFigures _figures;
    private readonly IDisposable[] _subscriptions;
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private readonly DemoWindows _windows = new();
    private long _countingSince;
    private int _triggersShown;
    private int _changesShown;
    private long _triggers;
    private long _membershipChanges;

    public DemoScreen(KafkaEngine engine, Terminal terminal)
    {
        _engine = engine;
        _terminal = terminal;
        _progress = new ProgressLine(terminal);
        _figures = new EngineFigures(engine.Telemetry);
        _subscriptions =
        [
            engine.Outputs.CartAbandoned.Subscribe(Add),
            engine.Outputs.MembershipChanges.Subscribe(Add),
            engine.Outputs.ConversionPanes.Subscribe(Add),
        ];
    }

    public void Announce(string brokers, StreamSegmenterConfiguration configuration, Uri telemetry)
    {
        var topics = configuration.Outputs.Topics;
        _terminal.Out.WriteLine($"Kafka at {brokers}, inside this process: any Kafka client on this machine may look on");
        _terminal.Out.WriteLine($"  in   {string.Join(", ", configuration.Inputs.Select(input => input.Topic))}");
        _terminal.Out.WriteLine($"  out  {topics.CartAbandonment}, {topics.SegmentMembership}, {topics.ConversionMetrics}");
        _terminal.Out.WriteLine($"Telemetry at {telemetry}metrics");
        _terminal.Out.WriteLine();
    }

    /// <summary>Shows what comes until the engine has stopped.</summary>
    public async Task FollowAsync(Task running)
    {
        while (await Task.WhenAny(running, Task.Delay(_progress.Interval, _terminal.Time)) != running)
        {
            ShowLines();
            _progress.Show(_figures.ReadProgress());
        }

        _progress.Clear();
        ShowLines();
        await running;
    }

    /// <summary>The numbers of the whole demo; the engine has stopped.</summary>
    public void Summarize(long eventsSent)
    {
        _figures.Refresh();
        var totals = _engine.Totals;
        var rate = totals.Sessions == 0 ? 0 : (double)totals.SessionsWithOrder / totals.Sessions;
        var text = new SummaryText();
        text.Heading("Summary");
        text.Row("events", $"{Number(_figures.Records)} read of {Number(eventsSent)} sent");
        text.Row("customers", Number(totals.Customers));
        text.Row("triggers", Number(_triggers));
        text.Row("membership changes", Number(_membershipChanges));
        text.Row("sessions", $"{Number(totals.Sessions)}, {Number(totals.SessionsWithCart)} with a cart, "
            + $"{Number(totals.SessionsWithOrder)} with an order");
        text.Row("conversion rate", rate.ToString("P1", CultureInfo.InvariantCulture));
        text.Row("dead letters", Number(_figures.DeadLetters));
        _terminal.Out.Write(text.ToString());
    }

    public void Dispose()
    {
        Array.ForEach(_subscriptions, subscription => subscription.Dispose());
        _figures.Dispose();
    }

    private void Add(CartAbandoned trigger)
    {
        lock (_gate)
        {
            _triggers++;
            if (_triggersShown++ < ShownMax)
            {
                var worth = trigger.TotalMinor is { } minor && Currency.TryParse(trigger.Currency ?? "", out var currency)
                    ? $" worth {Money.Show(minor, currency)}"
                    : "";
                var items = trigger.Lines.Sum(line => line.Quantity);
                _lines.Add($"{Time(trigger.FiredAtMs)}  trigger     {trigger.CustomerId} left {items} {(items == 1 ? "item" : "items")}{worth}");
            }
        }
    }

    private void Add(MembershipChange change)
    {
        lock (_gate)
        {
            _membershipChanges++;
            if (_changesShown++ < ShownMax)
            {
                var verb = change.Kind == MembershipKind.Entered ? "entered" : "left";
                _lines.Add($"{Time(change.AtMs)}  membership  {change.CustomerId} {verb} {change.Segment}");
            }
        }
    }

    private void Add(ConversionPane pane)
    {
        lock (_gate)
        {
            if (_windows.Add(pane) is { } whole)
            {
                var rate = (whole.ConversionRate ?? 0).ToString("P1", CultureInfo.InvariantCulture);
                _lines.Add(
                    $"{Time(whole.EndMs)}  conversion  last {whole.WindowMs / 1000} s: {Number(whole.Visitors)} visitors, "
                    + $"{Number(whole.Sessions)} sessions, {Number(whole.SessionsWithOrder)} with an order so far: rate {rate}");
            }
        }
    }

    private void ShowLines()
    {
        string[] lines;
        lock (_gate)
        {
            lines = [.. _lines];
            _lines.Clear();
            if (_terminal.Time.GetElapsedTime(_countingSince) >= Second)
            {
                _countingSince = _terminal.Time.GetTimestamp();
                (_triggersShown, _changesShown) = (0, 0);
            }
        }

        if (lines.Length > 0)
        {
            _progress.Clear();
            Array.ForEach(lines, _terminal.Out.WriteLine);
        }
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Time(long ms) =>
        DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);
}
