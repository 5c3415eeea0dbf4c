namespace StreamSegmenter.Connectors.Codecs.Mapping;

/// <summary>How a record writes its event time. Whatever is finer than a millisecond is cut off.</summary>
internal enum TimeFormat : byte
{
    /// <summary>Digits: up to 11 before the point are seconds, up to 14 milliseconds, up to 17 microseconds, more nanoseconds.
    /// Anything else: <see cref="Iso8601"/>.</summary>
    Auto,
    EpochMs,
    EpochS,
    EpochUs,
    EpochNs,

    /// <summary><c>2019-10-01T00:00:00.123Z</c>; a space for the T, an offset, <c>UTC</c>, a missing time of day and up to
    /// nine fraction digits are understood. Without a zone it is that of the mapping, else UTC.</summary>
    Iso8601,
}
