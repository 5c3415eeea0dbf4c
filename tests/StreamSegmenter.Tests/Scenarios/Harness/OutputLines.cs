using System.Globalization;
using System.Text.Json;
using StreamSegmenter.Events;
using StreamSegmenter.Segments;
using StreamSegmenter.Triggers;
using StreamSegmenter.Windows;

namespace StreamSegmenter.Tests.Scenarios.Harness;

/// <summary>What the engine said, as lines that a scenario can expect:
/// <code>
/// 10:30 ann abandoned-cart emitted step=1 stage=cart total=39.80 currency=EUR lines=2xshoe@19.90 age=30m last=10:00 id=…
/// 10:30 ann abandoned-cart suppressed too-few-items step=1 …
/// 10:30 ann abandoned-cart retracted step=1 ordered=10:20 order=o1     at the instant at which it had fired
/// 10:50 ann abandoned-cart recovered step=1 revenue=39.80 fired=10:30  at the instant of the order
/// 10:20 ann vip entered                                                of a segment
/// 10:05 ann error REASON                                               10:05 ann late TYPE
/// </code>
/// In the order of instant, customer, kind and step; so the order does not depend on how customers interleave.</summary>
internal static class OutputLines
{
    private sealed record Line(long AtMs, string Customer, int Rank, string Text, int Step = 0);

    public static List<string> Of(ScenarioLog log, ScenarioTime time)
    {
        var lines = log.Triggers.Select(trigger => OfTrigger(trigger, null, time))
            .Concat(log.Suppressed.Select(step => OfTrigger(step.Trigger, step.Reason, time)))
            .Concat(log.MembershipChanges.Select(change => new Line(
                change.AtMs, change.CustomerId, 0, $"{change.Segment} {(change.Kind == MembershipKind.Entered ? "entered" : "exited")}")))
            .Concat(log.DeadLetters.Select(OfLetter))
            .Concat(log.LateEvents.Select(late => new Line(late.EventTimeMs, late.CustomerId, 2, $"late {late.EventType}")));
        return [.. lines.OrderBy(line => line.AtMs).ThenBy(line => line.Customer, StringComparer.Ordinal).ThenBy(line => line.Rank)
            .ThenBy(line => line.Step).ThenBy(line => line.Text, StringComparer.Ordinal).Select(line => $"{time.Format(line.AtMs)} {line.Customer} {line.Text}")];
    }

    /// <summary>Whether a line is what was expected: the words without <c>=</c> are the same; of the others, those that the
    /// expectation names. The reason of an error need only contain what is expected.</summary>
    public static bool Matches(string expected, string actual)
    {
        var wanted = expected.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var found = actual.Split(' ');
        if (wanted.Length > 2 && wanted[2] == "error")
        {
            return found[..3].SequenceEqual(wanted[..3]) && actual.Contains(string.Join(' ', wanted[3..]), StringComparison.Ordinal);
        }

        return wanted.Where(IsPlain).SequenceEqual(found.Where(IsPlain)) && wanted.All(found.Contains);
    }

    public static string Money(long? minor, string? currency)
    {
        var digits = Currency.TryParse(currency ?? "", out var known) ? known.MinorDigits : 2;
        return minor is { } amount
            ? (amount / (decimal)Math.Pow(10, digits)).ToString("F" + digits, CultureInfo.InvariantCulture)
            : "-";
    }

    private static bool IsPlain(string word) => !word.Contains('=', StringComparison.Ordinal);

    private static Line OfTrigger(CartAbandoned trigger, SuppressionReason? reason, ScenarioTime time)
    {
        var kind = trigger.Kind.ToString().ToLowerInvariant();
        var (atMs, rank, details) = trigger.Kind switch
        {
            TriggerKind.Emitted => (trigger.FiredAtMs, 3, Cart(trigger, time)),
            TriggerKind.Retracted => (trigger.FiredAtMs, 4, $"ordered={(trigger.OrderedAtMs is { } orderedAtMs ? time.Format(orderedAtMs) : "-")}"),
            _ => (trigger.OrderedAtMs!.Value, 5, $"fired={time.Format(trigger.FiredAtMs)} "
                + $"revenue={Money(trigger.RevenueMinor, trigger.RevenueCurrency)} revenueCurrency={trigger.RevenueCurrency ?? "-"}"),
        };
        var said = reason is { } why ? $"suppressed {Kebab(why.ToString())} kind={kind}" : kind;
        return new Line(
            atMs, trigger.CustomerId, rank,
            $"{trigger.Rule} {said} step={trigger.Step} stage={trigger.Stage.ToString().ToLowerInvariant()} cart={trigger.CartId ?? "-"} "
            + $"{details}{(trigger.OrderId is { } order ? " order=" + order : "")} id={trigger.TriggerId}",
            trigger.Step);
    }

    private static string Cart(CartAbandoned trigger, ScenarioTime time)
    {
        var lines = trigger.Lines.Select(line =>
            $"{line.Quantity}x{line.ProductId}@{Money(line.PriceMinor, trigger.Currency)}");
        var attributes = trigger.Attributes.Select(attribute => $" {attribute.Key}={attribute.Value}");
        return $"total={Money(trigger.TotalMinor, trigger.Currency)} currency={trigger.Currency ?? "-"} lines={string.Join('+', lines)} "
            + $"age={DurationText.Format(trigger.CartAgeMs)} last={time.Format(trigger.LastActivityAtMs)}{string.Concat(attributes)}";
    }

    private static Line OfLetter(DeadLetter letter)
    {
        using var json = JsonDocument.Parse(letter.Value);
        return new Line(
            json.RootElement.GetProperty("event_time").GetInt64(), json.RootElement.GetProperty("customer_id").GetString()!, 1,
            "error " + letter.Reason);
    }

    private static string Kebab(string name) =>
        string.Concat(name.Select((c, i) => char.IsUpper(c) ? (i == 0 ? "" : "-") + char.ToLowerInvariant(c) : c.ToString()));
}
