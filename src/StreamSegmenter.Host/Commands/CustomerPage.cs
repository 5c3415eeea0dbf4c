using System.Globalization;
using StreamSegmenter.Customers;
using StreamSegmenter.Events;

namespace StreamSegmenter.Host.Commands;

/// <summary>One customer's state as a page of text.</summary>
internal static class CustomerPage
{
    public static void Write(CustomerView view, Currency currency, TextWriter output)
    {
        var text = new SummaryText();
        text.Line($"{view.CustomerId} as of {Time(view.AtMs)}");
        text.Heading("Customer");
        text.Row("first seen", Time(view.FirstSeenMs));
        text.Row("last seen", Time(view.LastSeenMs));
        text.Row("sessions", Number(view.Sessions));
        text.Row("orders", view.LastOrderMs is { } lastOrderMs ? $"{Number(view.Orders)}, the last one {Time(lastOrderMs)}" : "none");
        text.Row("revenue", Money.Show(view.RevenueMinor, currency));
        text.Row("next change", view.NextDueMs is { } dueMs ? $"{Time(dueMs)}, if nothing happens before" : "none, if nothing happens");

        var session = view.Session;
        text.Heading("Last session");
        text.Row("from", Time(session.StartMs));
        text.Row("last event", $"{Time(session.LastMs)}; an event after {Time(session.EndsMs)} begins another session");
        text.Row("events", Number(session.Events));
        text.Row("reached", $"{session.FunnelSteps} steps of the funnel"
            + (session.HasCart ? ", a cart" : "") + (session.HasOrder ? ", an order" : ""));
        WriteCarts(view.Carts, currency, text);
        WriteSegments(view, text);
        output.Write(text.ToString());
    }

    private static void WriteCarts(IReadOnlyList<CartView> carts, Currency shop, SummaryText text)
    {
        text.Heading("Carts", carts.Count == 0 ? "none" : "");
        foreach (var cart in carts)
        {
            var currency = cart.Currency is { } code && Currency.TryParse(code, out var own) ? own : shop;
            var stage = cart.Stage.ToString().ToLowerInvariant();
            text.Row(cart.CartId ?? "(implicit)", $"stage {stage}, last activity {Time(cart.LastActivityMs)}");
            foreach (var line in cart.Lines)
            {
                var price = line.PriceMinor is { } minor ? $" at {Money.Show(minor, currency)}" : "";
                text.More($"{line.Quantity} x {(line.ProductId.Length == 0 ? "(no product id)" : line.ProductId)}{price}");
            }

            foreach (var deadline in cart.Deadlines)
            {
                var due = deadline.DueMs is { } dueMs ? $"due {Time(dueMs)}" : "not armed";
                var fired = deadline.FiredMs is { } firedMs ? $", fired {Time(firedMs)}" : "";
                text.More($"rule {deadline.Rule}: {due}{fired}");
            }
        }
    }

    private static void WriteSegments(CustomerView view, SummaryText text)
    {
        text.Heading("Segments", view.Segments.Count == 0 ? "none defined" : "");
        foreach (var segment in view.Segments)
        {
            text.Row(segment.Segment, segment.IsMember ? $"member since {Time(segment.SinceMs)}" : "not a member");
            text.More(segment.When);
            foreach (var trait in segment.Traits)
            {
                text.More($"{trait.Trait} = {(trait.Value.Length == 0 ? "nothing" : trait.Value)}");
            }

            if (segment.NextChangeMs != long.MaxValue)
            {
                text.More($"may change by time alone at {Time(segment.NextChangeMs)}");
            }
        }
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Time(long ms) => ms is > 0 and < 253_402_300_800_000
        ? DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)
        : "never";
}
