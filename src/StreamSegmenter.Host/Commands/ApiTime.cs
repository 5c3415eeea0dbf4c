namespace StreamSegmenter.Host.Commands;

/// <summary>Epoch milliseconds as the API's times.</summary>
internal static class ApiTime
{
    private const long EndMs = 253_402_300_800_000;

    private static readonly long BeginMs = new DateTimeOffset(1, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    /// <summary>What lies outside of the calendar is shown as its nearest end.</summary>
    public static DateTime Of(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(ms, BeginMs, EndMs - 1)).UtcDateTime;

    /// <summary>Null: never.</summary>
    public static DateTime? OrNever(long? ms) => ms is { } known && known > BeginMs && known < EndMs ? Of(known) : null;

    public static long Ms(DateTime time) => new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)).ToUnixTimeMilliseconds();
}
