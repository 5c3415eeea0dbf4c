using StreamSegmenter.Api;
using StreamSegmenter.Engine.Versions;
using StreamSegmenter.Events;
using StreamSegmenter.Host.Validation;

namespace StreamSegmenter.Host.Api;

/// <summary>The definitions that are in force.</summary>
internal static class DefinitionReports
{
    public static DefinitionReport Of(string file, DefinitionVersion version)
    {
        var definitions = version.Definitions;
        var program = version.Segments;
        return new DefinitionReport(
            file, definitions.Currency.ToString(), definitions.SessionGapMs, definitions.GraceMs, definitions.CartHorizonMs,
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
                definitions.Conversions.WindowsMs, [.. definitions.Conversions.Dimensions.Select(dimension => dimension.Name)], [.. definitions.Conversions.Funnel.Select(EventTypes.NameOf)],
                definitions.Conversions.HorizonMs));
    }
}
