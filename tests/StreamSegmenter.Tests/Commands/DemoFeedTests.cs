using Microsoft.Extensions.Time.Testing;
using Spectre.Console;
using StreamSegmenter.Host.Demo;
using StreamSegmenter.Host.Running;
using StreamSegmenter.Segments;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Tests.Commands;

public sealed class DemoFeedTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly DemoFeed _feed;

    public DemoFeedTests() => _feed = new DemoFeed(_clock);

    [Fact]
    public void A_recovery_and_a_retraction_are_shown_as_such_and_are_no_triggers()
    {
        _feed.Add(Trigger(TriggerKind.Emitted));
        _feed.Add(Trigger(TriggerKind.Recovered) with { RevenueMinor = 2049, RevenueCurrency = "EUR", OrderedAtMs = 61_000 });
        _feed.Add(Trigger(TriggerKind.Retracted));

        Assert.Equal(
            ["00:01:00.000  trigger     c747 left 2 items worth 492.47 EUR", "00:01:01.000  recovered   c747, 20.49 EUR",
                "00:01:00.000  retracted   c747 had ordered, the order came late"],
            _feed.Take().Select(line => line.ToString()));
        Assert.Equal((1, 1, 1), (_feed.Triggers, _feed.Recovered, _feed.Retracted));
    }

    [Fact]
    public void More_than_two_lines_of_a_kind_in_a_second_are_counted_only()
    {
        _feed.Take();
        for (var i = 0; i < 10; i++)
        {
            _feed.Add(Trigger(TriggerKind.Emitted));
        }

        Assert.Equal(2, _feed.Take().Length);
        _clock.Advance(TimeSpan.FromSeconds(1));
        _feed.Take();
        _feed.Add(Trigger(TriggerKind.Emitted));
        Assert.Single(_feed.Take());
        Assert.Equal(11, _feed.Triggers);
    }

    [Fact]
    public void The_page_shows_rates_members_by_segment_and_what_happened_last()
    {
        _feed.Add(Trigger(TriggerKind.Emitted));
        _feed.Add(new MembershipChange("vip", "v", MembershipKind.Entered, "c1", 60_000, 60_000, []));
        _feed.Add(new MembershipChange("vip", "v", MembershipKind.Entered, "c2", 60_000, 60_000, []));
        _feed.Add(new MembershipChange("vip", "v", MembershipKind.Exited, "c1", 60_000, 60_000, []));
        var page = new DemoPage();
        page.Add(_feed.Take());
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = 120;

        console.Write(page.Draw(_feed, new ProgressFigures(12_345, 60_000, "3 records, 0 s", 1), rate: 301.2));

        var shown = text.ToString();
        Assert.Matches(@"12,345 +│ 301 +│ 00:01:00 +│ 3 records, 0 s +│ 1 +│ 0 +│ 0 +│ 3", shown);
        Assert.Matches(@"vip +│ 1 +│ 2 +│ 1", shown);
        Assert.Contains("c747 left 2 items worth 492.47 EUR", shown, StringComparison.Ordinal);
    }

    private static CartAbandoned Trigger(TriggerKind kind) => new(
        "t1", "rule", "v", kind, 1, CartStage.Cart, "c747", "k1", [new CartLine("p1", 2, 24_623)], 49_247, "EUR", 0, 0, 60_000,
        new Dictionary<string, string>());
}
