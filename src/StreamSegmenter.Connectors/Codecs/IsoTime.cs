using System.Globalization;

namespace StreamSegmenter.Connectors.Codecs;

/// <summary>Writes a time as <c>2022-08-01T10:00:00.000Z</c>.</summary>
internal static class IsoTime
{
    /// <summary>Bytes of every time.</summary>
    public const int Length = 24;

    // The range of DateTime. A watermark that moved to infinity is written as the last of these instants.
    private const long FirstMs = -62_135_596_800_000;
    private const long LastMs = 253_402_300_799_999;

    /// <param name="timeMs">Epoch milliseconds; beyond the years 1 to 9999 the nearest instant of these is written.</param>
    /// <param name="into">At least <see cref="Length"/> bytes.</param>
    public static void Write(long timeMs, Span<byte> into) =>
        DateTime.UnixEpoch.AddTicks(Math.Clamp(timeMs, FirstMs, LastMs) * TimeSpan.TicksPerMillisecond)
            .TryFormat(into, out _, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
