using StreamSegmenter.Engine.Time;
using StreamSegmenter.Testing.Runs;

namespace StreamSegmenter.Tests.Lanes;

public sealed class SteadyTimeTests
{
    private const long DayMs = 86_400_000;
    private readonly ManualTime _machine = new();
    private readonly SteadyTime _clock;
    private readonly long _startMs;

    public SteadyTimeTests()
    {
        _clock = new SteadyTime(_machine);
        _startMs = _machine.NowMs;
    }

    private long NowMs => _clock.GetUtcNow().ToUnixTimeMilliseconds();

    [Fact]
    public void It_goes_with_the_machines_clock_and_follows_small_corrections()
    {
        _machine.Advance(TimeSpan.FromHours(5));
        _machine.Set(TimeSpan.FromMilliseconds(700));
        Assert.Equal(_machine.NowMs, NowMs);
        _machine.Set(TimeSpan.FromMilliseconds(-1_500));
        Assert.Equal(_machine.NowMs, NowMs);
        Assert.Equal(0, _clock.OffsetMs);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void A_clock_that_is_set_by_a_day_changes_nothing_and_is_shown(int days)
    {
        _machine.Set(TimeSpan.FromDays(days));
        _machine.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(_startMs + 60_000, NowMs);
        Assert.Equal(days * DayMs, _clock.OffsetMs);

        _machine.Set(TimeSpan.FromDays(-days));
        Assert.Equal(_startMs + 60_000, NowMs);
        Assert.Equal(0, _clock.OffsetMs);
    }

    [Fact]
    public void After_the_machine_slept_the_first_event_brings_it_back()
    {
        // Asleep, the monotonic clock stands still.
        _machine.Set(TimeSpan.FromHours(3));
        _clock.ObserveEventTime(_machine.NowMs - 500);

        Assert.Equal(_machine.NowMs, NowMs);
    }

    [Fact]
    public void An_event_moves_it_no_further_than_its_own_time_and_never_beyond_the_machines_clock()
    {
        _machine.Set(TimeSpan.FromDays(1));
        _clock.ObserveEventTime(_startMs + 10_000);
        Assert.Equal(_startMs + 10_000, NowMs);

        _clock.ObserveEventTime(_startMs + (2 * DayMs));
        Assert.Equal(_startMs + 10_000, NowMs);

        _clock.ObserveEventTime(_startMs - 5_000);
        Assert.Equal(_startMs + 10_000, NowMs);
    }
}
