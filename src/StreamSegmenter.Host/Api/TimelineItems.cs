using System.Text.Json;
using StreamSegmenter.Api;
using StreamSegmenter.Events;
using StreamSegmenter.Folding;
using StreamSegmenter.Host.Commands;
using StreamSegmenter.Host.Explain;
using StreamSegmenter.Runtime.Configuration.Shapes;
using StreamSegmenter.Segments;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Host.Api;

/// <summary>What happened to customers and what will, as records of the API.</summary>
internal sealed class TimelineItems(Func<StorefrontDefinitions> definitions, Currency shop)
{
    private readonly SuppressionText _suppression = new(shop);

    public TimelineItem Of(TimelineEntry entry) => entry switch
    {
        TriggerRecorded { Trigger: var trigger } => Of(trigger, entry.AtMs),
        TriggerSuppressed { Suppressed: var suppressed } => Of(suppressed, entry.AtMs),
        MembershipChanged { Change: var change } => new TimelineItem(
            ApiTime.Of(entry.AtMs), change.Kind == MembershipKind.Entered ? "entered" : "exited", change.Segment, null, null, null, null, null, null,
            string.Join(", ", change.Traits.Select(trait => $"{trait.Trait} = {(trait.Value.Length == 0 ? "nothing" : trait.Value)}"))),
        StepDeferred step => new TimelineItem(
            ApiTime.Of(entry.AtMs), "deferred", step.Rule, step.Step, step.CartId, null, null, null, "quietHours", $"quiet hours until {TimeText.Show(step.ToMs)}"),
        CartForgotten cart => new TimelineItem(ApiTime.Of(entry.AtMs), "forgotten", null, null, cart.CartId, null, null, null, null, null),
        _ => throw new ArgumentOutOfRangeException(nameof(entry), entry, null),
    };

    /// <summary>The reason in a sentence, with the rule's own figures.</summary>
    public string Why(SuppressedTrigger suppressed) => _suppression.Of(suppressed, RuleOf(suppressed.Trigger.Rule));

    public static string NameOf(SuppressionReason reason) => JsonNamingPolicy.CamelCase.ConvertName(reason.ToString());

    public TriggerRecord Record(object output) => output switch
    {
        CartAbandoned trigger => Record(trigger, trigger.Kind.ToString().ToLowerInvariant(), null, null, null),
        SuppressedTrigger suppressed => Record(
            suppressed.Trigger, "suppressed", suppressed.Trigger.Kind.ToString().ToLowerInvariant(), NameOf(suppressed.Reason), Why(suppressed)),
        _ => throw new ArgumentOutOfRangeException(nameof(output), output, null),
    };

    public static MembershipRecord Record(MembershipChange change) => new(
        change.Segment, change.DefinitionVersion, change.Kind.ToString().ToLowerInvariant(), change.CustomerId, ApiTime.Of(change.AtMs),
        ApiTime.Of(change.SinceMs), [.. change.Traits.Select(trait => new TraitReport(trait.Trait, trait.Value))]);

    private static TriggerRecord Record(CartAbandoned trigger, string kind, string? suppressedKind, string? reason, string? why) => new(
        trigger.TriggerId, trigger.Rule, trigger.RuleVersion, kind, suppressedKind, reason, why, trigger.Step, trigger.Stage.ToString().ToLowerInvariant(),
        trigger.CustomerId, trigger.CartId, [.. trigger.Lines.Select(line => new CartItem(line.ProductId, line.Quantity, line.PriceMinor))],
        trigger.TotalMinor, trigger.Currency, ApiTime.Of(trigger.CartCreatedAtMs), ApiTime.Of(trigger.LastActivityAtMs), ApiTime.Of(trigger.FiredAtMs),
        trigger.OrderId, ApiTime.OrNever(trigger.OrderedAtMs), trigger.RevenueMinor, trigger.RevenueCurrency, trigger.Attributes);

    private static TimelineItem Of(CartAbandoned trigger, long atMs)
    {
        var isRecovery = trigger.Kind == TriggerKind.Recovered;
        return new TimelineItem(
            ApiTime.Of(atMs), trigger.Kind switch { TriggerKind.Emitted => "trigger", TriggerKind.Retracted => "retracted", _ => "recovered" },
            trigger.Rule, trigger.Step, trigger.CartId, trigger.TriggerId, isRecovery ? trigger.RevenueMinor : trigger.TotalMinor,
            isRecovery ? trigger.RevenueCurrency : trigger.Currency, null,
            trigger.OrderId is { } order ? $"order {order}"
            : trigger.Kind == TriggerKind.Emitted ? $"no activity in the cart for {DurationShape.Show(trigger.FiredAtMs - trigger.LastActivityAtMs)}, since {TimeText.Show(trigger.LastActivityAtMs)}"
            : null);
    }

    private TimelineItem Of(SuppressedTrigger suppressed, long atMs) => new(
        ApiTime.Of(atMs), "suppressed", suppressed.Trigger.Rule, suppressed.Trigger.Step, suppressed.Trigger.CartId, suppressed.Trigger.TriggerId,
        suppressed.Trigger.TotalMinor, suppressed.Trigger.Currency, NameOf(suppressed.Reason), Why(suppressed));

    private CartAbandonmentRule? RuleOf(string id) => definitions().CartAbandonment.FirstOrDefault(rule => rule.Id == id);
}
