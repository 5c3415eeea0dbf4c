using StreamSegmenter.Folding;
using StreamSegmenter.Host.Commands;
using StreamSegmenter.Host.Validation;
using StreamSegmenter.Segments;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Host.Explain;

/// <summary>An explanation as a page of text.</summary>
internal sealed class ExplanationPage(StorefrontDefinitions definitions)
{
    private const int VerbWidth = 10;

    public void Write(Explanation explanation, TextWriter output)
    {
        var text = new SummaryText();
        text.Line($"{explanation.View.CustomerId} at {TimeText.Show(explanation.AtMs)}");
        text.Line($"last seen {TimeText.Show(explanation.View.LastSeenMs)}");
        CustomerPage.WriteCarts(explanation.View, explanation.AtMs, definitions.Currency, text);
        WriteHappenings("What happened", "nothing", explanation.Past, text);
        if (explanation.Expected.Count > 0)
        {
            WriteHappenings("Until then, if nothing happens; the engine has not come so far", "", explanation.Expected, text);
        }

        WriteHappenings("What happens next, if nothing happens", "nothing", explanation.Next, text);
        CustomerPage.WriteSegments(explanation.View, text, explanation.WarmUntilMs);
        if (explanation.Unread.Count > 0)
        {
            text.Heading("What could not be read");
            foreach (var unread in explanation.Unread)
            {
                text.Line($"  {unread}");
            }
        }

        output.Write(text.ToString());
    }

    private void WriteHappenings(string title, string none, IReadOnlyList<TimelineEntry> happenings, SummaryText text)
    {
        text.Heading(title, happenings.Count == 0 ? none : "");
        foreach (var happening in happenings)
        {
            var (verb, what, why) = Describe(happening);
            text.Instant(happening.AtMs, $"{verb.PadRight(VerbWidth)} {what}", why.Length == 0 ? "" : $"{new string(' ', VerbWidth)} {why}");
        }
    }

    private (string Verb, string What, string Why) Describe(TimelineEntry happening) => happening switch
    {
        TriggerRecorded { Trigger: var trigger } => Describe(trigger),
        TriggerSuppressed { Suppressed: var suppressed } => Describe(suppressed),
        MembershipChanged { Change: var change } => (
            change.Kind == MembershipKind.Entered ? "enters" : "exits", $"segment {change.Segment}",
            string.Join(", ", change.Traits.Select(trait => $"{trait.Trait} = {(trait.Value.Length == 0 ? "nothing" : trait.Value)}"))),
        StepDeferred step => (
            "waits", Step(step.Rule, step.Step, step.CartId), $"quiet hours until {TimeText.Show(step.ToMs)}; checked again then"),
        CartForgotten cart => (
            "forgotten", CartName(cart.CartId), $"no activity in it for {Runtime.Configuration.Shapes.DurationShape.Show(definitions.CartHorizonMs)}"),
        _ => throw new ArgumentOutOfRangeException(nameof(happening), happening, null),
    };

    private (string Verb, string What, string Why) Describe(CartAbandoned trigger)
    {
        var what = Step(trigger.Rule, trigger.Step, trigger.CartId);
        var order = trigger.OrderId is { } id ? $"order {id}" : "an order";
        return trigger.Kind switch
        {
            TriggerKind.Emitted => ("fires", $"{what}{Worth(trigger)}", $"trigger {trigger.TriggerId}{Deferred(trigger)}"),
            TriggerKind.Retracted => (
                "retracted", what,
                (trigger.OrderedAtMs is { } atMs ? $"{order} of {TimeText.Show(atMs)} came late" : "an event from before it came late")
                + $"; trigger {trigger.TriggerId}"),
            _ => ("recovered", what, $"{order}{Revenue(trigger)}; trigger {trigger.TriggerId}"),
        };
    }

    private (string Verb, string What, string Why) Describe(SuppressedTrigger suppressed)
    {
        var trigger = suppressed.Trigger;
        var why = new SuppressionText(definitions.Currency).Of(suppressed, RuleOf(trigger));
        return trigger.Kind == TriggerKind.Emitted
            ? ("suppressed", $"{Step(trigger.Rule, trigger.Step, trigger.CartId)}{Worth(trigger)}", why)
            : ("unsaid", $"recovery of {Step(trigger.Rule, trigger.Step, trigger.CartId)}{Revenue(trigger)}", why);
    }

    private CartAbandonmentRule? RuleOf(CartAbandoned trigger) =>
        definitions.CartAbandonment.FirstOrDefault(rule => rule.Id == trigger.Rule);

    private string Deferred(CartAbandoned trigger)
    {
        var dueMs = RuleOf(trigger) is { } rule && trigger.Step <= rule.StepsMs.Count
            ? trigger.LastActivityAtMs + rule.StepsMs[trigger.Step - 1]
            : trigger.FiredAtMs;
        return dueMs < trigger.FiredAtMs ? $"; due {TimeText.Show(dueMs)}, deferred by quiet hours" : "";
    }

    private static string Step(string rule, int step, string? cartId) => $"rule {rule}, step {step}, {CartName(cartId)}";

    private static string CartName(string? cartId) => cartId is null ? "the implicit cart" : $"cart {cartId}";

    private string Worth(CartAbandoned trigger) => trigger.TotalMinor is { } total
        ? $", {Money.Show(total, Money.CurrencyOf(trigger.Currency, definitions.Currency))}"
        : "";

    private string Revenue(CartAbandoned trigger) => trigger.RevenueMinor is { } revenue
        ? $", {Money.Show(revenue, Money.CurrencyOf(trigger.RevenueCurrency, definitions.Currency))}"
        : "";
}
