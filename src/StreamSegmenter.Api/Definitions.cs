namespace StreamSegmenter.Api;

/// <summary>The definitions that are in force, defaults included.</summary>
public sealed record DefinitionReport(
    string File, string Currency, long SessionGapMs, long GraceMs, long CartHorizonMs, IReadOnlyList<RuleDefinition> Rules,
    IReadOnlyList<SegmentDefinitionReport> Segments, ConversionDefinitionReport Conversions);

/// <param name="Conditions">Each in a sentence.</param>
public sealed record RuleDefinition(string Rule, string Stage, IReadOnlyList<long> StepsMs, IReadOnlyList<string> Conditions);

/// <param name="BytesPerCustomer">What the segment needs in every customer's record.</param>
public sealed record SegmentDefinitionReport(
    string Segment, string? Name, string? Description, string? Owner, IReadOnlyList<string> Tags, string When, string Version, long MinStayMs, long CooldownMs,
    int BytesPerCustomer);

public sealed record ConversionDefinitionReport(IReadOnlyList<long> WindowsMs, IReadOnlyList<string> Dimensions, IReadOnlyList<string> Funnel, long HorizonMs);

/// <summary>All versions of the segments and rules that the answering instance knows, oldest first.</summary>
/// <param name="WhyNotPublishable">Why a further version cannot be published here, with the remedy; null: it can.</param>
public sealed record DefinitionVersionList(string? WhyNotPublishable, IReadOnlyList<DefinitionVersionSummary> Versions);

/// <param name="EffectiveAt">The first instant of event time that it decides; null: from the beginning.</param>
/// <param name="PublishedAt">Null: it came with the configuration file.</param>
/// <param name="Shards">Partitions of the answering instance that stand under it. 0 of the newest: its instant has not come.</param>
public sealed record DefinitionVersionSummary(string Version, DateTime? PublishedAt, DateTime? EffectiveAt, int Segments, int Rules, int Shards);

/// <param name="Definitions">Segments and rules as YAML, to edit.</param>
public sealed record DefinitionText(string Version, string Definitions);

/// <param name="Definitions">The sections <c>cartAbandonment</c> and <c>segments</c> of a configuration, as YAML or JSON.</param>
public sealed record DefinitionProposal(string Definitions);

/// <summary>Everything that is wrong with a proposal, in the order of its lines.</summary>
public sealed record ValidationReport(bool Valid, IReadOnlyList<DefinitionProblem> Errors, IReadOnlyList<DefinitionProblem> Warnings);

/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
/// <param name="Message">What was found, what is allowed, and the nearest remedy.</param>
/// <param name="Excerpt">The line, and a caret below the place; null where there is nothing to show.</param>
public sealed record DefinitionProblem(int Line, int Column, string Message, string? Excerpt);

/// <summary>What a proposal would change the moment it took over, out of the committed state of all partitions.</summary>
/// <param name="BytesBefore">Of each customer's record, what the definitions take; null: not known.</param>
public sealed record DefinitionPlan(
    long Customers, IReadOnlyList<SegmentPlan> Segments, IReadOnlyList<RuleOutlook> Rules, int? BytesBefore, int BytesAfter);

/// <param name="Change"><c>kept</c>, <c>new</c> or <c>gone</c>.</param>
/// <param name="Warming">An aggregate is new and begins with nothing: the sizes are those of its first moment.</param>
public sealed record SegmentPlan(string Segment, string Change, long Before, long After, long Entering, long Leaving, bool Warming);

/// <param name="AtOnce">Triggers of carts whose deadline has passed by the new numbers.</param>
public sealed record RuleOutlook(string Rule, long AtOnce);

/// <param name="BasedOn">The newest version that its author knew: another one that came in between is not overwritten.</param>
/// <param name="EffectiveAt">The first instant of event time that it decides; null: ten seconds from now.</param>
public sealed record PublicationRequest(string Definitions, string BasedOn, DateTime? EffectiveAt = null);

public sealed record Publication(string Version, DateTime EffectiveAt, int Segments, int Rules);
