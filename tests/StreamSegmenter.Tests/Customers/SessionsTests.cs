using StreamSegmenter.Customers;
using StreamSegmenter.Events;

namespace StreamSegmenter.Tests.Customers;

public sealed class SessionsTests
{
    private const long GapMs = 30;
    private static readonly EventType[] Funnel = [EventTypes.ProductViewed, EventTypes.ProductAdded, EventTypes.OrderCompleted];
    private readonly Sessions _sessions = new(GapMs, Funnel);
    private CustomerHeader _header;

    [Fact]
    public void An_event_at_exactly_the_gap_belongs_to_the_session()
    {
        Fold(0);
        Assert.False(Fold(30).Began);
        Assert.Equal((1u, 0L, 30L), (_header.Sessions, _header.SessionStartMs, _header.SessionLastMs));
    }

    [Fact]
    public void An_event_one_millisecond_later_begins_the_next()
    {
        Fold(0);
        Assert.True(Fold(31).Began);
        Assert.Equal((2u, 31L, 31L), (_header.Sessions, _header.SessionStartMs, _header.SessionLastMs));
    }

    [Fact]
    public void A_late_event_extends_the_session_it_touches_and_begins_none()
    {
        Fold(100);
        Assert.False(Fold(75).Began);
        Assert.Equal((1u, 100L, 2u), (_header.Sessions, _header.SessionLastMs, _header.SessionEvents));
    }

    [Fact]
    public void A_late_event_of_a_session_that_is_over_changes_nothing()
    {
        Fold(0);
        Fold(100);
        Assert.Equal(SessionProgress.None, Fold(69, EventTypes.OrderCompleted));
        Assert.Equal((2u, 1u, SessionFlags.None), (_header.Sessions, _header.SessionEvents, _header.SessionFlags));
    }

    [Fact]
    public void A_step_of_the_funnel_counts_only_after_the_steps_before_it()
    {
        Assert.Equal(0, Fold(0, EventTypes.ProductAdded).FunnelTo);
        Assert.Equal(1, Fold(1, EventTypes.ProductViewed).FunnelTo);
        Assert.Equal(1, Fold(2, EventTypes.OrderCompleted).FunnelTo);
        Assert.Equal(2, Fold(3, EventTypes.ProductAdded).FunnelTo);
        Assert.Equal(3, Fold(4, EventTypes.OrderCompleted).FunnelTo);
        Assert.False(Fold(5, EventTypes.OrderCompleted).Changed);
    }

    [Fact]
    public void Sessions_are_those_that_recomputation_finds()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            _header = default;
            var timeMs = random.Next(-500, 500);
            var times = new List<int>();
            for (var i = 0; i < 60; i++)
            {
                times.Add(timeMs += random.Next(3) == 0 ? random.Next(29, 33) : random.Next(0, 60));
                Fold(timeMs);

                var last = times.Count - 1;
                while (last > 0 && times[last] - times[last - 1] <= GapMs)
                {
                    last--;
                }

                var sessions = 1 + Enumerable.Range(1, times.Count - 1).Count(at => times[at] - times[at - 1] > GapMs);
                Assert.Equal(
                    ((long)sessions, (long)times[last], (long)timeMs, (long)(times.Count - last)),
                    ((long)_header.Sessions, _header.SessionStartMs, _header.SessionLastMs, (long)_header.SessionEvents));
            }
        }
    }

    private SessionProgress Fold(long timeMs, EventType? type = null) =>
        _sessions.Fold(
            ref _header, type ?? EventTypes.PageViewed, timeMs,
            type == EventTypes.ProductAdded ? SessionFlags.Cart : type == EventTypes.OrderCompleted ? SessionFlags.Order : SessionFlags.None);
}
