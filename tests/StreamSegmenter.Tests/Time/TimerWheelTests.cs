using StreamSegmenter.Time;

namespace StreamSegmenter.Tests.Time;

public sealed class TimerWheelTests
{
    [Fact]
    public void An_entry_pops_at_its_instant_and_not_a_millisecond_before()
    {
        var wheel = new TimerWheel();
        wheel.Arm(1000, 1);

        Assert.False(wheel.TryPop(999, out _, out _));
        Assert.True(wheel.TryPop(1000, out var dueMs, out var payload));
        Assert.Equal((1000, 1), (dueMs, payload));
        Assert.Equal(0, wheel.Count);
    }

    [Fact]
    public void Equal_instants_pop_in_the_order_in_which_they_were_armed()
    {
        var wheel = new TimerWheel();
        wheel.Arm(100_000, 1);
        wheel.TryPop(99_000, out _, out _);
        wheel.Arm(100_000, 2);
        wheel.TryPop(99_999, out _, out _);
        wheel.Arm(100_000, 3);

        Assert.Equal([1, 2, 3], PopAll(wheel, 100_000).Select(entry => entry.Payload));
    }

    [Fact]
    public void An_entry_armed_behind_the_present_waits_until_its_own_instant_is_asked_for()
    {
        // What an aborted commit does: what popped is armed again, and time begins again at the last commit.
        var wheel = new TimerWheel();
        wheel.TryPop(5000, out _, out _);
        wheel.Arm(3000, 1);
        wheel.Arm(2000, 2);
        wheel.Arm(5000, 3);

        Assert.False(wheel.TryPop(1000, out _, out _));
        Assert.Equal([2], PopAll(wheel, 2999).Select(entry => entry.Payload));
        Assert.Equal([1], PopAll(wheel, 4999).Select(entry => entry.Payload));
        Assert.Equal([3], PopAll(wheel, 5000).Select(entry => entry.Payload));
    }

    [Fact]
    public void The_ends_of_time_can_be_armed()
    {
        var wheel = new TimerWheel();
        wheel.Arm(long.MaxValue, 1);
        wheel.Arm(long.MinValue, 2);
        wheel.Arm(0, 3);
        wheel.Arm(-1, 4);

        Assert.Equal([2, 4, 3, 1], PopAll(wheel, long.MaxValue).Select(entry => entry.Payload));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void It_pops_what_a_sorted_list_pops(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 30; round++)
        {
            var wheel = new TimerWheel();
            var model = new List<(long DueMs, int Order)>();
            var nowMs = random.NextInt64(-10_000, 10_000) * (long)Math.Pow(10, random.Next(12));
            var armed = 0;
            for (var step = 0; step < 120; step++)
            {
                for (var count = random.Next(4); count > 0; count--)
                {
                    var dueMs = Clamp(nowMs + Distance(random));
                    wheel.Arm(dueMs, armed);
                    model.Add((dueMs, armed++));
                }

                // Back and forth: the user of the wheel may begin again at an earlier instant.
                nowMs = Clamp(nowMs + (random.Next(5) == 0 ? -Math.Abs(Distance(random)) : Math.Abs(Distance(random))));
                var limit = random.Next(3) == 0 ? random.Next(3) : int.MaxValue;
                Assert.Equal(Expected(model, nowMs, limit), PopAll(wheel, nowMs, limit));
                Assert.Equal(model.Count, wheel.Count);
            }

            Assert.Equal(Expected(model, long.MaxValue, int.MaxValue), PopAll(wheel, long.MaxValue));
        }
    }

    private static List<(long DueMs, int Payload)> Expected(List<(long DueMs, int Order)> model, long untilMs, int limit)
    {
        var due = model.Where(entry => entry.DueMs <= untilMs).Order().Take(limit).ToList();
        due.ForEach(entry => model.Remove(entry));
        return due;
    }

    private static List<(long DueMs, int Payload)> PopAll(TimerWheel wheel, long untilMs, int limit = int.MaxValue)
    {
        var popped = new List<(long, int)>();
        while (popped.Count < limit && wheel.TryPop(untilMs, out var dueMs, out var payload))
        {
            popped.Add((dueMs, payload));
        }

        return popped;
    }

    private static long Clamp(long timeMs) => Math.Clamp(timeMs, -253_402_300_799_999_000, 253_402_300_799_999_000);

    private static long Distance(Random random) => random.Next(4) switch
    {
        0 => random.Next(-3, 4),
        1 => random.Next(-100, 200),
        2 => random.NextInt64(-100_000, 1_000_000),
        _ => random.NextInt64(1L << random.Next(1, 50)),
    };
}
