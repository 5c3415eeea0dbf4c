namespace StreamSegmenter.Testing.Runs;

/// <summary>A clock that moves when it is told to.</summary>
internal sealed class ManualTime : TimeProvider
{
    private DateTimeOffset _now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
    private TimeSpan _jumped;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => _now + _jumped;

    /// <summary>Never goes back, as on a machine: a jump of the clock does not show in it.</summary>
    public override long GetTimestamp() => _now.Ticks;

    public long NowMs => GetUtcNow().ToUnixTimeMilliseconds();

    public void Advance(TimeSpan by) => _now += by;

    /// <summary>Somebody sets the wall clock forward or back; time itself goes on as before.</summary>
    public void Set(TimeSpan by) => _jumped += by;
}
