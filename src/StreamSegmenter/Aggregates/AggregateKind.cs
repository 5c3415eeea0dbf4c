namespace StreamSegmenter.Aggregates;

internal enum AggregateKind : byte
{
    Count,
    Sum,
    Average,
    Min,
    Max,

    /// <summary>How many different values.</summary>
    Distinct,

    /// <summary>The value of the earliest event that has one.</summary>
    First,

    /// <summary>The value of the latest event that has one.</summary>
    Last,

    /// <summary>Event time of the earliest event: what <c>since_first</c> reads.</summary>
    FirstTime,

    /// <summary>Event time of the latest event: what <c>since_last</c> and <c>did</c> read.</summary>
    LastTime,

    /// <summary>How many different values, beyond <see cref="DistinctValues.ValuesMax"/> by a sketch.</summary>
    DistinctMany,

    /// <summary>The values of an attribute of the profile in the latest event that names it.</summary>
    Profile,

    /// <summary>Where the customer stands in a sequence of events.</summary>
    Sequence,
}
