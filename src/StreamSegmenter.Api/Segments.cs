namespace StreamSegmenter.Api;

/// <param name="FlowsSince">Entries and exits are counted from this event time on.</param>
public sealed record SegmentList(DateTime? FlowsSince, IReadOnlyList<SegmentSummary> Segments);

/// <param name="When">The condition, written canonically.</param>
/// <param name="Version">Hash of the definition, 8 hexadecimal digits.</param>
/// <param name="Members">Customers who are in it now.</param>
/// <param name="Flows">The last 60 minutes of event time, oldest first.</param>
public sealed record SegmentSummary(
    string Segment, string? Name, string? Description, string? Owner, IReadOnlyList<string> Tags, string When, string Version, long Members,
    long Entered, long Exited, IReadOnlyList<SegmentFlow> Flows);

/// <summary>Who came and left in one minute of event time.</summary>
public sealed record SegmentFlow(DateTime Minute, long Entered, long Exited);

/// <param name="Next">What <c>after</c> must be for the next page; null: this is the last one.</param>
public sealed record MemberPage(string Segment, IReadOnlyList<Member> Members, string? Next);

/// <param name="Since">When the membership began, event time.</param>
/// <param name="LeavesAt">The earliest instant at which time alone may end it; null: never.</param>
public sealed record Member(string CustomerId, DateTime Since, DateTime? LeavesAt);
