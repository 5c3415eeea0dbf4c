using System.Globalization;
using StreamSegmenter.Events;
using StreamSegmenter.Folding;
using StreamSegmenter.Host.Commands;
using StreamSegmenter.Host.Validation;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Host.Explain;

/// <summary>One customer's state as a page of text.</summary>
internal static class CustomerPage
{
    public static void Write(Explanation explanation, Currency currency, TextWriter output)
    {
        var view = explanation.View;
        var text = new SummaryText();
        text.Line($"{view.CustomerId} as of {TimeText.Show(view.AtMs)}");
        text.Heading("Customer");
        text.Row("first seen", TimeText.Show(view.FirstSeenMs));
        text.Row("last seen", TimeText.Show(view.LastSeenMs));
        text.Row("sessions", Number(view.Sessions));
        text.Row("orders", view.LastOrderMs is { } lastOrderMs ? $"{Number(view.Orders)}, the last one {TimeText.Show(lastOrderMs)}" : "none");
        text.Row("revenue", Money.Show(view.RevenueMinor, currency));
        text.Row("next change", view.NextDueMs is { } dueMs ? $"{TimeText.Show(dueMs)}, if nothing happens before" : "none, if nothing happens");

        var session = view.Session;
        text.Heading("Last session");
        text.Row("from", TimeText.Show(session.StartMs));
        text.Row("last event", $"{TimeText.Show(session.LastMs)}; an event after {TimeText.Show(session.EndsMs)} begins another session");
        text.Row("events", Number(session.Events));
        text.Row("reached", $"{session.FunnelSteps} steps of the funnel"
            + (session.HasCart ? ", a cart" : "") + (session.HasOrder ? ", an order" : ""));
        WriteCarts(view, view.AtMs, currency, text);
        WriteSegments(view, text, explanation.WarmUntilMs);
        output.Write(text.ToString());
    }

    /// <param name="atMs">What the deadlines are seen from.</param>
    public static void WriteCarts(CustomerView view, long atMs, Currency shop, SummaryText text)
    {
        text.Heading("Carts", view.Carts.Count == 0 ? "none; one that is ordered, emptied or forgotten is gone" : "");
        foreach (var cart in view.Carts)
        {
            var currency = Money.CurrencyOf(cart.Currency, shop);
            var stage = cart.Stage.ToString().ToLowerInvariant();
            text.Row(
                cart.CartId ?? "(implicit)",
                $"stage {stage}, made {TimeText.Show(cart.CreatedMs)}, last activity {TimeText.Show(cart.LastActivityMs)}");
            foreach (var line in cart.Lines)
            {
                var price = line.PriceMinor is { } minor ? $" at {Money.Show(minor, currency)}" : "";
                text.More($"{line.Quantity} x {(line.ProductId.Length == 0 ? "(no product id)" : line.ProductId)}{price}");
            }

            foreach (var deadline in cart.Deadlines)
            {
                text.More($"rule {deadline.Rule}: {Describe(deadline, IsHeldOut(view, cart, deadline), atMs)}");
            }
        }
    }

    private static bool IsHeldOut(CustomerView view, CartView cart, DeadlineView deadline) => view.SentTriggers.Any(sent =>
        sent.IsHoldout && sent.Rule == deadline.Rule && sent.CartId == cart.CartId && sent.FiredMs == deadline.FiredMs);

    private static string Describe(DeadlineView deadline, bool isHeldOut, long atMs)
    {
        var fired = deadline.FiredMs is { } firedMs ? $"{(isHeldOut ? "held out" : "fired last")} {TimeText.Show(firedMs)}" : "";
        if (deadline.DueMs is not { } dueMs)
        {
            return fired.Length == 0 ? "not armed" : $"{fired}, not armed again";
        }

        var due = $"step {deadline.Step} due {TimeText.Show(dueMs)}, {TimeText.Ahead(dueMs - atMs)}";
        return (fired.Length == 0 ? due : $"{fired}; {due}")
            + (deadline.DeferredFromMs is { } fromMs ? $"; deferred from {TimeText.Show(fromMs)} by quiet hours" : "");
    }

    /// <param name="warmUntilMs">Segments with aggregates that came with a change of definitions, and when those have seen their windows.</param>
    public static void WriteSegments(CustomerView view, SummaryText text, IReadOnlyDictionary<string, long> warmUntilMs)
    {
        text.Heading("Segments", view.Segments.Count == 0 ? "none defined" : "");
        foreach (var segment in view.Segments)
        {
            text.Row(segment.Segment, segment.IsMember ? $"member since {TimeText.Show(segment.SinceMs)}" : "not a member");
            text.More(segment.When);
            foreach (var trait in segment.Traits)
            {
                text.More($"{trait.Trait} = {(trait.Value.Length == 0 ? "nothing" : trait.Value)}");
            }

            if (warmUntilMs.TryGetValue(segment.Segment, out var untilMs) && untilMs > view.AtMs)
            {
                text.More(untilMs == long.MaxValue
                    ? "warming: counts from a change of definitions on, not the whole history"
                    : $"warming: an aggregate came with a change of definitions and has seen its whole window at {TimeText.Show(untilMs)}");
            }

            if (segment.Held is { } held)
            {
                text.More($"would {(segment.IsMember ? "leave" : "enter")} at {TimeText.Show(held.FromMs)}, held until {TimeText.Show(held.UntilMs)}");
            }

            if (segment.NextChangeMs != long.MaxValue)
            {
                text.More($"may change by time alone at {TimeText.Show(segment.NextChangeMs)}");
            }
        }
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
