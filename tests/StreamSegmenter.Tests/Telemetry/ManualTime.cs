namespace StreamSegmenter.Tests.Telemetry;

/// <summary>A clock that moves when it is told to.</summary>
internal sealed class ManualTime : TimeProvider
{
    private DateTimeOffset _now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
    private TimeSpan _elapsed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => _now;

    public override long GetTimestamp() => _elapsed.Ticks;

    public long NowMs => _now.ToUnixTimeMilliseconds();

    public void Advance(TimeSpan by)
    {
        _now += by;
        _elapsed += by;
    }

    /// <summary>Somebody sets the wall clock forward or back.</summary>
    public void Set(TimeSpan by) => _now += by;
}
