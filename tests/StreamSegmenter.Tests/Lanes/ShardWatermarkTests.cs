using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.Options;
using StreamSegmenter.Engine.Shards;

namespace StreamSegmenter.Tests.Lanes;

/// <summary>Two inputs: the first may lag by 10 ms, the second by 50. Idle after 1000 ms of silence.</summary>
public sealed class ShardWatermarkTests
{
    private static readonly InputTiming[] Timings = [new("a", 10), new("b", 50)];
    private static readonly PartitionProgress Caught = new(5, 5);
    private static readonly PartitionProgress Lags = new(5, 6);
    private static readonly PartitionProgress Ended = new(5, 5, Ended: true);
    private readonly ShardWatermark _watermark = new(Timings, 1000, long.MinValue, 0);

    [Fact]
    public void It_is_unknown_until_every_active_input_was_heard()
    {
        _watermark.Observe(0, 500, 0);
        Advance(0, Lags, Lags);
        Assert.Equal(long.MinValue, _watermark.ValueMs);
    }

    [Fact]
    public void It_is_the_smallest_of_the_inputs_own_watermarks()
    {
        _watermark.Observe(0, 500, 0);
        _watermark.Observe(1, 530, 0);
        Advance(0, Lags, Lags);
        Assert.Equal(480, _watermark.ValueMs);
    }

    [Fact]
    public void It_never_decreases_whatever_comes()
    {
        var random = new Random(5);
        var beforeMs = long.MinValue;
        for (var step = 0; step < 20_000; step++)
        {
            _watermark.Observe(random.Next(2), random.Next(step + 1), step * 10);
            Advance(step * 10, Any(), Any(), random.Next(2) == 0 ? null : random.Next(40_000));
            Assert.True(_watermark.ValueMs >= beforeMs);
            beforeMs = _watermark.ValueMs;
        }

        PartitionProgress Any() => random.Next(4) switch { 0 => Caught, 1 => Ended, 2 => new(-1, -1), _ => Lags };
    }

    [Fact]
    public void It_begins_where_the_last_commit_left_it()
    {
        var restored = new ShardWatermark(Timings, 1000, 700, 0);
        restored.Observe(0, 500, 0);
        restored.Observe(1, 500, 0);
        restored.Advance([Lags, Lags], 0, null);
        Assert.Equal(700, restored.ValueMs);
    }

    /// <summary>Held back by an alignment or before a change of definitions, while the inputs end; their events are ahead of the clock.</summary>
    [Fact]
    public void What_it_wanted_before_its_inputs_fell_silent_it_wants_still()
    {
        _watermark.Observe(0, 9000, 0);
        _watermark.Observe(1, 9000, 0);
        Assert.Equal(8950, _watermark.WantedMs([Caught, Caught], 500, 500));
        _watermark.AdvanceTo(3000);

        Assert.Equal(8950, _watermark.WantedMs([Caught, Caught], 5000, 5000));
        Assert.Equal(10_000 - 50, _watermark.WantedMs([Caught, Caught], 10_000, 10_000));
    }

    [Fact]
    public void A_silent_input_that_is_caught_up_leaves_the_minimum_at_the_idle_timeout()
    {
        _watermark.Observe(0, 5000, 900);
        _watermark.Observe(1, 100, 0);
        Advance(999, Lags, Caught, 5000);
        Assert.Equal(50, _watermark.ValueMs);

        Advance(1000, Lags, Caught, 5000);
        Assert.Equal(4990, _watermark.ValueMs);
    }

    [Fact]
    public void A_silent_input_that_lags_never_leaves_the_minimum()
    {
        _watermark.Observe(0, 5000, 900_000);
        _watermark.Observe(1, 100, 0);
        Advance(900_000, Lags, Lags, 900_000);
        Advance(900_000, Lags, new PartitionProgress(5, -1), 900_000);
        Assert.Equal(50, _watermark.ValueMs);
    }

    [Fact]
    public void When_all_are_idle_it_follows_the_clock_less_the_largest_disorder()
    {
        _watermark.Observe(0, 100, 0);
        _watermark.Observe(1, 100, 0);
        Advance(3000, Caught, Caught, 3000);
        Assert.Equal(2950, _watermark.ValueMs);
    }

    [Fact]
    public void Without_a_clock_silence_means_nothing()
    {
        _watermark.Observe(0, 5000, 0);
        _watermark.Observe(1, 100, 0);
        Advance(900_000, Caught, Caught);
        Assert.Equal(50, _watermark.ValueMs);
    }

    [Fact]
    public void An_input_that_has_ended_holds_nothing_back()
    {
        _watermark.Observe(0, 5000, 0);
        _watermark.Observe(1, 100, 0);
        Advance(0, Lags, Ended);
        Assert.Equal(4990, _watermark.ValueMs);

        Advance(0, Ended, Ended);
        Assert.Equal(4990, _watermark.ValueMs);
    }

    [Fact]
    public void A_source_that_knows_the_time_of_its_input_may_tell_it()
    {
        Advance(0, new PartitionProgress(1, -1, 800), new PartitionProgress(1, -1, 900));
        Assert.Equal(790, _watermark.ValueMs);
    }

    [Fact]
    public void The_slowest_is_the_one_whose_own_watermark_is_smallest()
    {
        // The second is ahead by event time, but may lag further behind it.
        _watermark.Observe(0, 500, 0);
        _watermark.Observe(1, 530, 0);
        Assert.Equal(1, _watermark.Slowest([Lags, Lags], 0, null));
        Assert.Equal(0, _watermark.Slowest([Lags, Ended], 0, null));
        Assert.Equal(-1, _watermark.Slowest([Ended, Ended], 0, null));
    }

    private void Advance(long nowMs, PartitionProgress first, PartitionProgress second, long? clockMs = null) =>
        _watermark.Advance([first, second], nowMs, clockMs);
}
