namespace StreamSegmenter.Segments;

/// <summary>Why a customer is or is not in a segment at an instant. Times are epoch milliseconds of event time.</summary>
/// <param name="When">The definition, written canonically.</param>
/// <param name="SinceMs">The instant at which the membership began; 0 when not a member.</param>
/// <param name="NextChangeMs">The earliest instant at which time alone can change the answer;
/// <see cref="long.MaxValue"/>: never.</param>
internal sealed record SegmentExplanation(
    string Segment, string DefinitionVersion, string When, bool IsMember, long SinceMs, long NextChangeMs,
    IReadOnlyList<TraitValue> Traits)
{
    /// <summary>The change that <c>minStay</c> or <c>cooldown</c> holds back; null when they hold nothing.</summary>
    public HeldMembership? Held { get; init; }
}

/// <summary>A change that is held back.</summary>
/// <param name="FromMs">When the expression alone would change the membership.</param>
/// <param name="UntilMs">From when on the expression decides.</param>
internal sealed record HeldMembership(long FromMs, long UntilMs);

/// <summary>What a segment costs, for each customer.</summary>
/// <param name="FixedBytes">Its membership and its fixed traits; traits that segments share are counted in each of them.</param>
/// <param name="PaneBytesMax">Bound on its panes, reached by a customer with an event in every pane.</param>
/// <param name="ChangesByTime">Whether time alone can change the answer, with no event.</param>
internal sealed record SegmentCost(
    string Segment, IReadOnlyList<TraitCost> Traits, int FixedBytes, long PaneBytesMax, bool ChangesByTime);

/// <summary>What one trait of a segment costs.</summary>
/// <param name="Trait">The trait, written canonically, its pane included.</param>
/// <param name="PaneMs">Length of a pane, which is also the bound on the error: an event counts for at least the window and
/// for less than window + pane. 0: exact.</param>
/// <param name="FixedBytes">Bytes in every customer's record.</param>
/// <param name="BytesPerPane">Bytes for each pane that saw an event, for each different value, or for the text that is kept;
/// 0 for a trait in a fixed place.</param>
/// <param name="PanesMax">The most panes (values, texts) at one time.</param>
internal sealed record TraitCost(string Trait, long PaneMs, int FixedBytes, int BytesPerPane, long PanesMax);
