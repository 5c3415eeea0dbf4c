namespace StreamSegmenter.Engine.Contracts;

internal enum DecodeStatus : byte
{
    /// <summary>The record's events (none, one or many) were appended.</summary>
    Decoded,

    /// <summary>The record is bad and always will be: dead letter. Nothing was appended.</summary>
    Refused,

    /// <summary>The record may become readable (its schema cannot be fetched now): pause and try again.</summary>
    Unavailable,
}

/// <param name="Reason">Where, what, nearest remedy. Of a decoded record, what was left out of its events; null for nothing.</param>
internal readonly record struct DecodeOutcome(DecodeStatus Status, string? Reason)
{
    public static DecodeOutcome Decoded => default;

    /// <summary>Decoded, but for what <paramref name="problem"/> says; null: all of it.</summary>
    public static DecodeOutcome Without(string? problem) => new(DecodeStatus.Decoded, problem);

    public static DecodeOutcome Refused(string reason) => new(DecodeStatus.Refused, reason);

    public static DecodeOutcome Unavailable(string reason) => new(DecodeStatus.Unavailable, reason);
}
