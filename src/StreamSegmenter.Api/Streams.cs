namespace StreamSegmenter.Api;

/// <param name="Kinds"><c>trigger</c>, <c>suppressed</c>, <c>membership</c>, <c>pane</c>, <c>deadLetter</c>; empty: all.</param>
public sealed record StreamFilter(IReadOnlyList<string> Kinds, string? Rule = null, string? Segment = null, string? CustomerId = null);

/// <summary>One record of an output topic.</summary>
/// <param name="Id">To resume behind it; opaque.</param>
/// <param name="Kind">One of the filter's kinds; or <c>gap</c>, where what was committed between the id that was named and here is no longer at hand.</param>
public sealed record StreamItem(string Id, string Kind, object Data);

/// <summary>Records between are missing here; the output topics have them.</summary>
public sealed record StreamGap(string Reason);
