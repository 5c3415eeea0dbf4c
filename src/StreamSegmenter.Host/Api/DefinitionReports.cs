using StreamSegmenter.Api;
using StreamSegmenter.Events;
using StreamSegmenter.Host.Validation;
using StreamSegmenter.Runtime.Configuration;

namespace StreamSegmenter.Host.Api;

/// <summary>The definitions that are in force.</summary>
internal static class DefinitionReports
{
    public static DefinitionReport Of(StreamSegmenterConfiguration configuration)
    {
        var definitions = configuration.Definitions;
        var program = configuration.Segments;
        return new DefinitionReport(
            configuration.File, definitions.Currency.ToString(), definitions.SessionGapMs, definitions.GraceMs, definitions.CartHorizonMs,
            [.. definitions.CartAbandonment.Select(rule => new RuleDefinition(
                rule.Id, rule.Stage.ToString().ToLowerInvariant(), rule.StepsMs, [.. CartRuleSummary.Sentences(rule, definitions.Currency)]))],
            [.. definitions.Segments.Select(segment =>
            {
                var index = program.SegmentIds.ToList().IndexOf(segment.Id);
                var cost = program.Costs.Single(known => known.Segment == segment.Id);
                return new SegmentDefinitionReport(
                    segment.Id, segment.Labels?.Name, segment.Labels?.Description, segment.Labels?.Owner, segment.Labels?.Tags ?? [], segment.When,
                    program.Versions[index], segment.MinStayMs, segment.CooldownMs, cost.FixedBytes);
            })],
            new ConversionDefinitionReport(
                definitions.Conversions.WindowsMs, definitions.Conversions.Dimension, [.. definitions.Conversions.Funnel.Select(EventTypes.NameOf)],
                definitions.Conversions.HorizonMs));
    }
}
