using StreamSegmenter.Api;
using StreamSegmenter.Host.Planning;
using StreamSegmenter.Runtime.Configuration;
using StreamSegmenter.Segments;

namespace StreamSegmenter.Host.Steering;

/// <summary>Definitions that somebody proposes, in the configuration of this instance.</summary>
/// <param name="Configuration">Null: they are not valid, and the report has the reasons.</param>
internal sealed record Proposal(StreamSegmenterConfiguration? Configuration, ValidationReport Report)
{
    private const string Name = "definitions";

    /// <exception cref="ApiException">The text is too long to be definitions.</exception>
    public static Proposal Read(StreamSegmenterConfiguration configuration, string text)
    {
        if (text is not { Length: <= DefinitionsApi.TextLengthMax })
        {
            throw ApiException.BadRequest($"'definitions' expects a text of up to {DefinitionsApi.TextLengthMax} characters.");
        }

        var loaded = configuration.WithDefinitions(text, Name);
        var source = new SourceText(Name, text, configuration.Redactor);
        return new Proposal(loaded.Configuration, new ValidationReport(
            loaded.Configuration is not null, [.. loaded.Errors.Select(error => ProblemOf(error, source))],
            [.. loaded.Warnings.Where(warning => warning.File == Name).Select(warning => ProblemOf(warning, source))]));
    }

    public static DefinitionPlan PlanOf(Plan plan) => new(
        plan.Counts.Customers,
        [.. plan.Counts.Segments.Order(StringComparer.Ordinal).Select(segment => new SegmentPlan(
            segment, !plan.Defined.Contains(segment) ? "gone" : plan.DefinedBefore.Contains(segment) ? "kept" : "new", plan.Counts.Before(segment),
            plan.Counts.After(segment), plan.Counts.Entering(segment), plan.Counts.Leaving(segment), plan.Warming.Contains(segment)))],
        [.. plan.Rules.Select(rule => new RuleOutlook(rule.Rule, rule.AtOnce ?? 0))], plan.BytesBefore, plan.BytesAfter);

    // Definitions may clash with another part of the configuration, which its author does not see: the message names that place.
    private static DefinitionProblem ProblemOf(DefinitionError error, SourceText source) => error.File == Name
        ? new DefinitionProblem(error.Line, error.Column, error.Message, source.Of(error) is { Length: > 0 } excerpt ? excerpt.TrimEnd('\n') : null)
        : new DefinitionProblem(1, 1, $"{error.File}:{error.Line}:{error.Column}: {error.Message}", null);
}
