namespace StreamSegmenter.Connectors.Codecs.Mapping;

/// <summary>A value's type in its record.</summary>
internal enum DraftKind : byte
{
    Text,

    /// <summary>A number in JSON's notation.</summary>
    Number,
    True,
    False,

    /// <summary>A cell of a table, which has no types: as a property, a plain decimal of at most 15 digits without
    /// leading zeros is a number, <c>true</c> and <c>false</c> are booleans, and everything else is text.</summary>
    Untyped,

    /// <summary>The record says that there is no value.</summary>
    Null,
}
