using System.Globalization;
using Spectre.Console;
using StreamSegmenter.Host.Commands;
using StreamSegmenter.Host.Running;
using StreamSegmenter.Host.Validation;
using StreamSegmenter.Runtime;
using StreamSegmenter.Runtime.Configuration;

namespace StreamSegmenter.Host.Demo;

/// <summary>The demo's output: a page that is redrawn on a terminal, plain lines elsewhere; a summary and what to
/// try next at its end.</summary>
internal sealed class DemoScreen : IDisposable
{
    private static readonly TimeSpan DrawInterval = TimeSpan.FromMilliseconds(250);

    private readonly KafkaEngine _engine;
    private readonly DemoFeed _feed;
    private readonly Terminal _terminal;
    private readonly EngineFigures _figures;
    private readonly IDisposable[] _subscriptions;
    private long _drawnAt;
    private long _drawnRecords;

    public DemoScreen(KafkaEngine engine, DemoFeed feed, Terminal terminal)
    {
        _engine = engine;
        _feed = feed;
        _terminal = terminal;
        _figures = new EngineFigures(engine.Telemetry);
        _subscriptions = feed.SubscribeTo(engine.Outputs);
        _drawnAt = terminal.Time.GetTimestamp();
    }

    public void Announce(string brokers, StreamSegmenterConfiguration configuration, Uri telemetry)
    {
        var topics = configuration.Outputs.Topics;
        _terminal.Out.WriteLine($"Kafka at {brokers}, inside this process: any Kafka client on this machine may look on");
        _terminal.Out.WriteLine($"  in   {string.Join(", ", configuration.Inputs.Select(input => input.Topic))}");
        _terminal.Out.WriteLine($"  out  {topics.CartAbandonment}, {topics.SegmentMembership}, {topics.ConversionMetrics}");
        _terminal.Out.WriteLine($"Console at {telemetry}: open it in a browser; the API is at {telemetry}api/v1, metrics at {telemetry}metrics");
        _terminal.Out.WriteLine("Ctrl-C ends it, with a summary");
        _terminal.Out.WriteLine();
    }

    /// <summary>Shows what comes until the engine has stopped.</summary>
    public Task FollowAsync(Task running) => _terminal.IsPageDrawn ? DrawAsync(running) : PrintAsync(running);

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
        text.Row("triggers", Number(_feed.Triggers));
        text.Row("recovered", Number(_feed.Recovered));
        text.Row("retracted", Number(_feed.Retracted));
        text.Row("membership changes", Number(_feed.MembershipChanges));
        text.Row("sessions", $"{Number(totals.Sessions)}, {Number(totals.SessionsWithCart)} with a cart, "
            + $"{Number(totals.SessionsWithOrder)} with an order");
        text.Row("conversion rate", rate.ToString("P1", CultureInfo.InvariantCulture));
        text.Row("dead letters", Number(_figures.DeadLetters));
        _terminal.Out.Write(text.ToString());
    }

    /// <summary>Ready commands to try after the demo.</summary>
    public void SuggestNext()
    {
        var command = _terminal.Environment("STREAMSEGMENTER_COMMAND") ?? "streamsegmenter";
        const string Files = "--config samples/demo.yaml --set inputs[0].file=events.jsonl.gz";
        _terminal.Out.WriteLine();
        _terminal.Out.WriteLine("Try next: four hours of a shop into a file, the demo's rules over it, and why one customer got a trigger");
        _terminal.Out.WriteLine($"  {command} generate --for 4h --rate 20 --sessions 200 --customers 2000 --out events.jsonl.gz");
        _terminal.Out.WriteLine($"  {command} replay {Files} --out results");
        _terminal.Out.WriteLine($"  {command} explain {Files} --customer c106");
    }

    public void Dispose()
    {
        Array.ForEach(_subscriptions, subscription => subscription.Dispose());
        _figures.Dispose();
    }

    private async Task PrintAsync(Task running)
    {
        var progress = new ProgressLine(_terminal);
        while (await Task.WhenAny(running, Task.Delay(progress.Interval, _terminal.Time)) != running)
        {
            PrintLines(progress);
            progress.Show(_figures.ReadProgress());
        }

        PrintLines(progress);
        await running;
    }

    private void PrintLines(ProgressLine progress)
    {
        progress.Clear();
        foreach (var line in _feed.Take())
        {
            _terminal.Out.WriteLine(line.ToString());
        }
    }

    private async Task DrawAsync(Task running)
    {
        var page = new DemoPage();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(_terminal.Out) });
        await console.Live(new Text("the engine joins its group …")).StartAsync(async live =>
        {
            while (await Task.WhenAny(running, Task.Delay(DrawInterval, _terminal.Time)) != running)
            {
                Draw(page, live);
            }

            Draw(page, live);
        });
        await running;
    }

    private void Draw(DemoPage page, LiveDisplayContext live)
    {
        page.Add(_feed.Take());
        var figures = _figures.ReadProgress();
        var seconds = _terminal.Time.GetElapsedTime(_drawnAt).TotalSeconds;
        var rate = seconds > 0 ? (figures.Records - _drawnRecords) / seconds : 0;
        (_drawnAt, _drawnRecords) = (_terminal.Time.GetTimestamp(), figures.Records);
        live.UpdateTarget(page.Draw(_feed, in figures, rate));
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
