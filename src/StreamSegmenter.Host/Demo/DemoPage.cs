using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;
using StreamSegmenter.Host.Running;

namespace StreamSegmenter.Host.Demo;

/// <summary>The demo as one page of a terminal, drawn anew several times a second: rates, members by segment, and what
/// happened last.</summary>
internal sealed class DemoPage
{
    private const int HappeningsMax = 14;

    private readonly Queue<Happening> _latest = new();

    public void Add(IEnumerable<Happening> happenings)
    {
        foreach (var happening in happenings)
        {
            _latest.Enqueue(happening);
            if (_latest.Count > HappeningsMax)
            {
                _latest.Dequeue();
            }
        }
    }

    public IRenderable Draw(DemoFeed feed, in ProgressFigures figures, double rate) => new Rows(
        Rates(feed, in figures, rate),
        Segments(feed),
        Latest(),
        new Markup("[grey]Ctrl-C ends it, with a summary[/]"));

    private static Table Rates(DemoFeed feed, in ProgressFigures figures, double rate)
    {
        var table = new Table().Border(TableBorder.Rounded).BorderColor(Color.Grey);
        table.AddColumns("events", "per second", "watermark", "lag", "[yellow]triggers[/]", "[green]recovered[/]", "[grey]retracted[/]", "[blue]changes[/]");
        var watermark = figures.WatermarkMs is { } ms
            ? DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("HH:mm:ss", CultureInfo.InvariantCulture)
            : "none yet";
        table.AddRow(
            Number(figures.Records), Number((long)rate), watermark, Markup.Escape(figures.Trouble is { } trouble ? $"not ready: {trouble}" : figures.Lag ?? ""),
            Number(feed.Triggers), Number(feed.Recovered), Number(feed.Retracted), Number(feed.MembershipChanges));
        return table;
    }

    private static Table Segments(DemoFeed feed)
    {
        var table = new Table().Border(TableBorder.Rounded).BorderColor(Color.Grey);
        table.AddColumns("segment", "members", "entered", "left");
        foreach (var segment in feed.Segments())
        {
            table.AddRow(Markup.Escape(segment.Segment), Number(segment.Members), Number(segment.Entered), Number(segment.Exited));
        }

        return table;
    }

    private Rows Latest() => new(
        [.. _latest.Select(happening => new Markup(
            $"[grey]{happening.Time}[/]  [{Colour(happening.Kind)}]{happening.Label,-10}[/]  {Markup.Escape(happening.Text)}")
        {
            Overflow = Overflow.Ellipsis,
        })]);

    private static string Colour(HappeningKind kind) => kind switch
    {
        HappeningKind.Trigger => "yellow",
        HappeningKind.Recovered => "green",
        HappeningKind.Membership => "blue",
        HappeningKind.Conversion => "aqua",
        HappeningKind.Engine => "red",
        _ => "grey",
    };

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
