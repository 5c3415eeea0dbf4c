using System.CommandLine;
using StreamSegmenter.Host.Commands;
using StreamSegmenter.Runtime.Configuration.Shapes;

namespace StreamSegmenter.Host.Demo;

/// <summary><c>demo</c>: a Kafka broker inside this process, a generated storefront, and the engine between its topics; the same
/// code as <c>run</c>, so that what one sees here is what a real cluster does.</summary>
internal static class DemoCommand
{
    private static readonly DurationShape For = new(DurationShape.SecondMs, 30 * DurationShape.DayMs);
    private static readonly TimeSpan CatchUpTime = TimeSpan.FromSeconds(2);

    public static Command Create(Terminal terminal)
    {
        var command = new ExampleCommand(
            "demo",
            "Watch it work, with nothing installed: a generated storefront writes to a Kafka broker inside this process, the engine "
            + "reads it and emits triggers, membership changes and conversion metrics.",
            """
            streamsegmenter demo
            streamsegmenter demo --for 30s --rate 500
            """);
        var time = TrafficOptions.Duration("--for", "End after this long, with a summary. Default: at Ctrl-C.", For);
        var rate = CheckedOption.Number("--rate", "Events per second.", 1, 20_000, 300);
        command.Options.Add(time);
        command.Options.Add(rate);
        command.SetAction((parsed, stopping) =>
        {
            var lasts = parsed.GetValue(time) is { } text && For.TryParse(text, out var ms)
                ? TimeSpan.FromMilliseconds(ms)
                : (TimeSpan?)null;
            return RunAsync(lasts, parsed.GetValue(rate), terminal, stopping);
        });
        return command;
    }

    private static async Task<int> RunAsync(TimeSpan? lasts, int rate, Terminal terminal, CancellationToken stopping)
    {
        var feed = new DemoFeed(terminal.Time);
        await using var shop = await DemoShop.OpenAsync(new DemoShopOptions { Rate = rate, Report = feed.Report }, terminal.Time, stopping);
        using var screen = new DemoScreen(shop.Engine, feed, terminal);
        screen.Announce(shop.Brokers, shop.Configuration, shop.Address);

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        using var closing = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var running = shop.Engine.RunAsync(ending.Token);
        var sending = shop.SendAsync(closing.Token);
        var showing = screen.FollowAsync(running);
        if (lasts is { } span)
        {
            await Task.WhenAny(running, Task.Delay(span, terminal.Time, stopping));
            await closing.CancelAsync();
            await sending;
            // The last events sent shall give their results too.
            await Task.WhenAny(running, Task.Delay(CatchUpTime, terminal.Time, stopping));
            await ending.CancelAsync();
        }

        await showing;
        await closing.CancelAsync();
        await sending;
        screen.Summarize(shop.Sent);
        screen.SuggestNext();
        return ExitCode.Fine;
    }
}
