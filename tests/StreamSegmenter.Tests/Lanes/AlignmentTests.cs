using StreamSegmenter.Engine.Exchange;
using StreamSegmenter.Engine.Options;
using StreamSegmenter.Engine.State;
using StreamSegmenter.Testing.Reference;

namespace StreamSegmenter.Tests.Lanes;

/// <summary>Two shards that keep in step by a minute: how far the one may go when the other has told where it is.</summary>
public sealed class AlignmentTests
{
    private const long MinuteMs = 60_000;
    private const long FarMs = 1_000L * MinuteMs;
    private readonly ShardExchange _exchange;
    private long _sequence;

    public AlignmentTests()
    {
        var definitions = new Scenario(1).Definitions;
        _exchange = new ShardExchange(
            0, new ExchangeOptions(2) { AlignmentMs = MinuteMs, PatienceMs = FarMs }, new PaneTimes(definitions.Conversions, definitions.GraceMs),
            restored: null, watermarkMs: 0, nowMs: 0);
    }

    [Fact]
    public void A_shard_waits_a_minute_ahead_of_the_slowest()
    {
        Tell(otherMs: 5 * MinuteMs, nowMs: 10);
        Assert.Equal(6 * MinuteMs, _exchange.Limit(FarMs, nowMs: 10));
        Assert.True(_exchange.IsHeld);
        Assert.Equal(5 * MinuteMs, _exchange.Limit(5 * MinuteMs, nowMs: 10));
        Assert.False(_exchange.IsHeld);
    }

    [Fact]
    public void In_live_traffic_it_stays_a_minute()
    {
        for (var second = 0; second < 100; second++)
        {
            Tell(otherMs: second * 1_000, nowMs: second * 1_000);
            Assert.Equal((second * 1_000) + MinuteMs, _exchange.Limit(FarMs, nowMs: second * 1_000));
        }
    }

    [Fact]
    public void While_all_catch_up_it_is_what_the_slowest_covers_in_a_second_and_a_minute_again_once_that_is_over()
    {
        // 20 minutes of event time a second.
        for (var step = 0; step <= 10; step++)
        {
            Tell(otherMs: step * 2 * MinuteMs, nowMs: step * 100);
            _exchange.Limit(FarMs, nowMs: step * 100);
        }

        Assert.Equal((20 + 20) * MinuteMs, _exchange.Limit(FarMs, nowMs: 1_000));
        // Others need to hear of this one as often as half of that passes.
        _exchange.Gather(0, isSilent: false, nowMs: 1_000, []);
        Assert.False(_exchange.IsUrgent(9 * MinuteMs, isSilent: false));
        Assert.True(_exchange.IsUrgent(10 * MinuteMs, isSilent: false));

        Assert.Equal((20 + 1) * MinuteMs, _exchange.Limit(FarMs, nowMs: 2_000));
    }

    [Fact]
    public void A_clock_that_is_set_back_measures_nothing()
    {
        Tell(otherMs: 0, nowMs: 50_000);
        _exchange.Limit(FarMs, nowMs: 50_000);
        Tell(otherMs: 40 * MinuteMs, nowMs: 10);
        Assert.Equal(41 * MinuteMs, _exchange.Limit(FarMs, nowMs: 10));
    }

    /// <summary>Both shards want to go ten minutes on, with commits and nothing else to do.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Two_shards_that_wait_for_each_other_get_on_step_by_step(bool transactional)
    {
        var definitions = new Scenario(1).Definitions;
        var times = new PaneTimes(definitions.Conversions, definitions.GraceMs);
        var options = new ExchangeOptions(2) { AlignmentMs = MinuteMs, IsTransactional = transactional };
        ShardExchange[] shards = [new(0, options, times, null, 0, 0), new(1, options, times, null, 0, 0)];
        long[] reached = [0, 0];
        var nowMs = 0L;
        for (; nowMs < 60_000 && reached.Min() < 10 * MinuteMs; nowMs += 100)
        {
            for (var shard = 0; shard < 2; shard++)
            {
                reached[shard] = Math.Max(reached[shard], shards[shard].Limit(10 * MinuteMs, nowMs));
                var messages = new List<Engine.Contracts.ExchangeRecord>();
                shards[shard].Gather(shards[shard].Reached(reached[shard], null, nowMs), isSilent: false, nowMs, messages);
                shards[shard].Commit();
                messages.ForEach(message => shards[message.Partition].Others.Hear(ExchangeMessage.Read(message.Value.Span, 2), nowMs));
            }
        }

        Assert.Equal([10 * MinuteMs, 10 * MinuteMs], reached);
        Assert.InRange(nowMs, 0, 5_000);
    }

    private void Tell(long otherMs, long nowMs) => _exchange.Others.Hear(
        new ExchangeMessage { Sender = 1, Sequence = ++_sequence, Previous = _sequence - 1, ToldMs = otherMs, IsLast = true }, nowMs);
}
