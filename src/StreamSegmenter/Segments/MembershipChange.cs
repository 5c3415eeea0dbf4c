namespace StreamSegmenter.Segments;

/// <summary>Whether the customer came into the segment or left it.</summary>
public enum MembershipKind : byte
{
    Entered,
    Exited,
}

/// <summary>A trait's value at the instant of a decision.</summary>
/// <param name="Trait">The trait as the definition writes it, <c>count(order_completed, 90d)</c>.</param>
/// <param name="Value">Its value as text: a number, a text, a time in ISO 8601, or empty when there is none.</param>
public sealed record TraitValue(string Trait, string Value);

/// <summary>A customer entered or left a segment. Times are epoch milliseconds of event time.</summary>
/// <param name="DefinitionVersion">Hash of the segment's definition, 8 hexadecimal digits.</param>
/// <param name="AtMs">The instant of the change, not of its processing.</param>
/// <param name="SinceMs">The instant at which the membership began: equals <paramref name="AtMs"/> when entering.</param>
/// <param name="Traits">The trait values on which it was decided.</param>
public sealed record MembershipChange(
    string Segment, string DefinitionVersion, MembershipKind Kind, string CustomerId, long AtMs, long SinceMs,
    IReadOnlyList<TraitValue> Traits);
