namespace StreamSegmenter.Aggregates;

/// <summary>The answer to a condition at one instant, and how long it stands.</summary>
/// <param name="NextMs">With no further event the answer stays as it is before this instant, which lies behind the one
/// evaluated for; <see cref="long.MaxValue"/>: for ever.</param>
internal readonly record struct ConditionResult(bool Holds, long NextMs)
{
    public static ConditionResult Constant(bool holds) => new(holds, long.MaxValue);

    /// <summary>While one of the two is false the other does not matter; both false: both would have to change.</summary>
    public ConditionResult And(ConditionResult other) => (Holds, other.Holds) switch
    {
        (true, true) => new ConditionResult(true, Math.Min(NextMs, other.NextMs)),
        (false, false) => new ConditionResult(false, Math.Max(NextMs, other.NextMs)),
        (false, true) => this,
        _ => other,
    };

    public ConditionResult Or(ConditionResult other) => Not().And(other.Not()).Not();

    public ConditionResult Not() => new(!Holds, NextMs);
}
