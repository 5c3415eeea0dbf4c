using StreamSegmenter.Engine.Lanes;
using StreamSegmenter.Events;
using StreamSegmenter.Tests.Lanes.Oracle;
using StreamSegmenter.Tests.Telemetry;

namespace StreamSegmenter.Tests.Lanes;

/// <summary>What a lane does with events that come late, and with a partition that waits for its sibling.</summary>
public sealed class LaneTests
{
    private static readonly InputPartition First = new(0, 0);
    private static readonly InputPartition Second = new(1, 0);

    [Fact]
    public void An_event_within_grace_is_applied_and_one_beyond_goes_to_the_late_events()
    {
        var scenario = Patient(graceMs: 100);
        var log = new MemoryLog(1, 1);
        var watermarkMs = 10_000 - scenario.OutOfOrdernessMs;
        foreach (var timeMs in (long[])[10_000, watermarkMs - 100, watermarkMs - 101, 10_001])
        {
            log.Append(First, new MemoryRecord([new Fact("ann", timeMs, EventTypes.OrderCompleted)]));
        }

        var run = new LaneRun(scenario, log, new Weather(1) { RecordsPerPollMax = 1 });

        var late = Assert.Single(log.LateEvents);
        Assert.Equal((2, watermarkMs - 101, watermarkMs, "ann"), (late.Offset, late.EventTimeMs, late.WatermarkMs, late.CustomerId));
        Assert.Equal(3, log.Panes.Values.Where(pane => pane.Dimension == "all" && pane.WindowMs == 2000).Sum(pane => pane.Orders));
        Assert.Equal(1, run.Totals.Customers);
    }

    [Fact]
    public void Late_events_and_dead_letters_are_said_once_whatever_is_aborted()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var scenario = Patient(graceMs: 0);
            var log = new MemoryLog(1, 1);
            for (var i = 0; i < 20; i++)
            {
                log.Append(First, new MemoryRecord([new Fact("ann", 10_000 + i, EventTypes.PageViewed)]));
                log.Append(First, new MemoryRecord([new Fact("ann", i, EventTypes.PageViewed)]));
                log.Append(First, new MemoryRecord([], IsRefused: true));
            }

            _ = new LaneRun(scenario, log, new Weather(seed) { RecordsPerPollMax = 1, AbortShare = 0.3, CrashShare = 0.05 });
            Assert.Equal(20, log.LateEvents.Select(late => late.Offset).Distinct().Count());
            Assert.Equal(20, log.LateEvents.Count);
            Assert.Equal(20, log.DeadLetters.Count);
        }
    }

    [Fact]
    public void A_partition_that_was_paused_ahead_of_its_sibling_is_resumed_when_all_wait_for_it()
    {
        // The first input runs ahead and is paused; the second overtakes it and ends, while the buffer is between half
        // full and full, so that nothing but the first can move the watermark on.
        for (var seed = 0; seed < 200; seed++)
        {
            var scenario = Patient(graceMs: 100);
            var log = new MemoryLog(2, 1);
            for (var i = 0; i < 40; i++)
            {
                log.Append(First, new MemoryRecord([new Fact("ann", 20_000 + i, EventTypes.PageViewed)]));
                log.Append(Second, new MemoryRecord([new Fact("bob", 19_985 + i, EventTypes.PageViewed)]));
            }

            var run = new LaneRun(scenario, log, new Weather(seed) { RecordsPerPollMax = 1 + (seed % 7) });
            Assert.Equal(2, run.Totals.Customers);
            Assert.Empty(log.LateEvents);
        }
    }

    [Fact]
    public void With_all_partitions_idle_and_nobody_clicking_a_cart_fires_on_time_by_the_clock()
    {
        var scenario = Patient(graceMs: 100);
        var rule = scenario.Definitions.CartAbandonment[0];
        var nowMs = new ManualTime().NowMs;
        foreach (var (idlePolls, fires) in (IEnumerable<(int, bool)>)[(9, false), (40, true)])
        {
            var log = new MemoryLog(2, 2);
            log.Append(First, new MemoryRecord([new Fact("ann", nowMs, EventTypes.ProductAdded) { Product = "shoe" }]));

            // Nine polls are not yet the idle timeout: nothing tells that time goes on.
            _ = new LaneRun(scenario, log, new Weather(1) { IdlePolls = idlePolls });
            Assert.Equal(fires, log.CartAbandoned.Exists(trigger => trigger.Rule == rule.Id && trigger.FiredAtMs == nowMs + rule.StepsMs[0]));
        }
    }

    /// <summary>The first scenario with a disorder to wait for, that grace, and a rule without conditions.</summary>
    private static Scenario Patient(long graceMs)
    {
        for (var seed = 0; ; seed++)
        {
            var scenario = new Scenario(seed);
            if (scenario.OutOfOrdernessMs == 80 && scenario.Definitions.GraceMs == graceMs
                && scenario.Definitions.CartAbandonment[0] is { ItemsMin: < 2, TotalMinMinor: null, InSegment: null, NotInSegment: null })
            {
                return scenario;
            }
        }
    }
}
