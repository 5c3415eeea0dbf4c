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

public sealed record ConversionDefinitionReport(IReadOnlyList<long> WindowsMs, string? Dimension, IReadOnlyList<string> Funnel, long HorizonMs);
