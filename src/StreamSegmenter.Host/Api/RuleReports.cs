using StreamSegmenter.Api;
using StreamSegmenter.Folding;
using StreamSegmenter.Host.Commands;
using StreamSegmenter.Host.Feed;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Host.Api;

/// <summary>What became of a rule's triggers.</summary>
internal static class RuleReports
{
    public static RuleSummary Of(CartAbandonmentRule rule, StorefrontDefinitions definitions, FlowBoard flows)
    {
        var counts = flows.Rule(rule.Id);
        return new RuleSummary(
            rule.Id, rule.StepsMs, rule.Stage.ToString().ToLowerInvariant(), counts.Emitted, counts.Retracted, counts.Recovered,
            counts.RecoveredMinor, CustomerReports.CodeOf(definitions.Currency), counts.Suppressed, counts.HeldOut, counts.HeldOutRecovered,
            counts is { HeldOut: > 0, Emitted: > 0 }
                ? ((double)counts.Recovered / counts.Emitted) - ((double)counts.HeldOutRecovered / counts.HeldOut)
                : null,
            [.. flows.RuleMinutes(rule.Id).Select(flow => new RuleFlow(
                ApiTime.Of(flow.MinuteMs), flow.Counts.Emitted, flow.Counts.Suppressed, flow.Counts.Recovered))]);
    }
}
