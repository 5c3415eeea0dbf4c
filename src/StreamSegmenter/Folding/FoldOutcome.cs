namespace StreamSegmenter.Folding;

/// <summary>What became of an event.</summary>
internal enum FoldOutcome : byte
{
    Applied,

    /// <summary>Its id was seen before: nothing was applied.</summary>
    Duplicate,

    /// <summary>The customer's state is as large as it may be: nothing was applied, and the event is among the problems.</summary>
    Refused,
}
