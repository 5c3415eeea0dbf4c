using StreamSegmenter.Api;
using StreamSegmenter.Customers;
using StreamSegmenter.Engine.Reads;
using StreamSegmenter.Events;
using StreamSegmenter.Folding;
using StreamSegmenter.Host.Commands;
using StreamSegmenter.Host.Explain;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Host.Api;

/// <summary>One customer spelled out: the explanation that <c>explain</c> prints, from the engine's committed state.</summary>
internal static class CustomerReports
{
    /// <exception cref="ApiException">The state is behind the instant already.</exception>
    public static CustomerReport Of(string customerId, StoredCustomer stored, IReadOnlyList<TimelineEntry> past, DateTime? pastFrom, DateTime? at)
    {
        var clockMs = CustomerRecord.HeaderOf(stored.Record).ClockMs;
        var knownUntilMs = Math.Max(stored.WatermarkMs, clockMs);
        if (at is { } instant && ApiTime.Ms(instant) < clockMs)
        {
            throw ApiException.BadRequest(
                $"at={instant:O}: the state of '{customerId}' is of {TimeText.Show(clockMs)} already. Name that instant or a later one.");
        }

        var found = new FoundCustomer(stored.Record, knownUntilMs, past);
        var fold = new CustomerFold(stored.Definitions, stored.Segments);
        var explanation = Explanation.Of(fold, customerId, found, at is { } time ? ApiTime.Ms(time) : null);
        var view = explanation.View;
        var timeline = new TimelineItems(() => stored.Definitions, stored.Definitions.Currency);
        return new CustomerReport(
            customerId, ApiTime.Of(explanation.AtMs), ApiTime.Of(knownUntilMs), stored.Partition, ApiTime.Of(view.FirstSeenMs), ApiTime.Of(view.LastSeenMs),
            view.Sessions, view.Orders, view.RevenueMinor, CodeOf(stored.Definitions.Currency), ApiTime.OrNever(view.LastOrderMs), SessionOf(view.Session),
            [.. view.Carts.Select(cart => CartOf(cart, view, stored.Definitions.Currency))],
            [.. view.Segments.Select(segment => MembershipOf(segment, stored.Definitions))], ApiTime.OrNever(view.NextDueMs), pastFrom,
            [.. explanation.Past.Select(timeline.Of)], [.. explanation.Expected.Select(timeline.Of)], [.. explanation.Next.Select(timeline.Of)]);
    }

    public static string? CodeOf(Currency currency) => currency.IsNone ? null : currency.ToString();

    private static SessionReport SessionOf(SessionView session) => new(
        ApiTime.Of(session.StartMs), ApiTime.Of(session.LastMs), ApiTime.Of(session.EndsMs), session.Events, session.FunnelSteps, session.HasCart,
        session.HasOrder);

    private static CartReport CartOf(CartView cart, CustomerView view, Currency shop)
    {
        var isPriced = cart.Lines.Any(line => line.PriceMinor is not null);
        return new CartReport(
            cart.CartId, cart.Stage.ToString().ToLowerInvariant(), ApiTime.Of(cart.CreatedMs), ApiTime.Of(cart.LastActivityMs), ApiTime.Of(cart.ForgottenMs),
            isPriced ? cart.Lines.Sum(line => line.Quantity * (line.PriceMinor ?? 0)) : null, cart.Currency ?? CodeOf(shop),
            [.. cart.Lines.Select(line => new CartItem(line.ProductId, line.Quantity, line.PriceMinor))],
            [.. cart.Deadlines.Select(deadline => new DeadlineReport(
                deadline.Rule, deadline.Step, ApiTime.OrNever(deadline.ArmedMs), ApiTime.OrNever(deadline.DueMs), ApiTime.OrNever(deadline.DeferredFromMs),
                ApiTime.OrNever(deadline.FiredMs), view.SentTriggers.Any(sent => sent.IsHoldout && sent.Rule == deadline.Rule
                    && sent.CartId == cart.CartId && sent.FiredMs == deadline.FiredMs)))]);
    }

    private static MembershipReport MembershipOf(Segments.SegmentExplanation segment, StorefrontDefinitions definitions) => new(
        segment.Segment, definitions.Segments.FirstOrDefault(definition => definition.Id == segment.Segment)?.Labels?.Name, segment.IsMember,
        segment.IsMember ? ApiTime.OrNever(segment.SinceMs) : null, ApiTime.OrNever(segment.NextChangeMs), ApiTime.OrNever(segment.Held?.UntilMs), segment.When,
        [.. segment.Traits.Select(trait => new TraitReport(trait.Trait, trait.Value))]);
}
