using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Events;
using StreamSegmenter.Testing.Checks;
using StreamSegmenter.Testing.Model;
using StreamSegmenter.Testing.Reference;
using StreamSegmenter.Testing.Runs;
using StreamSegmenter.Triggers;

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
        var log = new Kafka(1, 1);
        var watermarkMs = 10_000 - scenario.OutOfOrdernessMs;
        foreach (var timeMs in (long[])[10_000, watermarkMs - 100, watermarkMs - 101, 10_001])
        {
            log.Input(First).Append(new InputRecord([new Fact("ann", timeMs, EventTypes.OrderCompleted)]));
        }

        using var world = new World(scenario, log, new Weather(1) { PollRecordsMax = 1 });
        world.Run();

        var late = Assert.Single(new Committed(log).Late);
        Assert.Equal((2, watermarkMs - 101, watermarkMs, "ann"), (late.Offset, late.EventTimeMs, late.WatermarkMs, late.CustomerId));
        Assert.Equal(3, new Committed(log).LatestPanes.Where(pane => pane.Dimension == "all" && pane.WindowMs == 2000).Sum(pane => pane.Orders));
        Assert.Equal(1, world.Machines.Totals.Customers);
    }

    [Fact]
    public void Late_events_and_dead_letters_are_written_once_whatever_is_aborted()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var scenario = Patient(graceMs: 0);
            var log = new Kafka(1, 1);
            for (var i = 0; i < 20; i++)
            {
                log.Input(First).Append(new InputRecord([new Fact("ann", 10_000 + i, EventTypes.PageViewed)]));
                log.Input(First).Append(new InputRecord([new Fact("ann", i, EventTypes.PageViewed)]));
                log.Input(First).Append(new InputRecord([], IsRefused: true));
            }

            using var world = new World(
                scenario, log, new Weather(seed) { PollRecordsMax = 1, AbortShare = 0.3, CrashShare = 0.05, StormSteps = 100 });
            world.Run();
            var committed = new Committed(log);
            Assert.Equal(20, committed.Late.Select(late => late.Offset).Distinct().Count());
            Assert.Equal(20, committed.Late.Count);
            Assert.Equal(20, committed.DeadLetters.Count);
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
            var log = new Kafka(2, 1);
            for (var i = 0; i < 40; i++)
            {
                log.Input(First).Append(new InputRecord([new Fact("ann", 20_000 + i, EventTypes.PageViewed)]));
                log.Input(Second).Append(new InputRecord([new Fact("bob", 19_985 + i, EventTypes.PageViewed)]));
            }

            using var world = new World(
                scenario, log, new Weather(seed) { PollRecordsMax = 1 + (seed % 7), ReorderEventsMax = seed % 2 == 0 ? 4 : 1000 });
            world.Run();
            Assert.Equal(2, world.Machines.Totals.Customers);
            Assert.Empty(new Committed(log).Late);
        }
    }

    [Fact]
    public void With_all_partitions_idle_a_cart_fires_on_time_by_the_clock()
    {
        var scenario = Patient(graceMs: 100);
        var rule = scenario.Definitions.CartAbandonment[0];
        var nowMs = new ManualTime().NowMs;
        foreach (var (silentMs, fires) in (IEnumerable<(int, bool)>)[(900, false), (4000, true)])
        {
            var log = new Kafka(2, 2);
            log.Input(First).Append(new InputRecord([new Fact("ann", nowMs, EventTypes.ProductAdded) { Product = "shoe" }]) { ArrivesMs = nowMs });
            using var world = new World(scenario, log, new Weather(1) { Live = true, StepMsMax = 10, LingerMs = 10_000 });

            // 900 ms are not yet the idle timeout: nothing tells that time goes on.
            world.StepUntil(nowMs + silentMs);
            Assert.Equal(fires, log.Outputs.ReadCommitted().Select(output => output.Value).OfType<CartAbandoned>()
                .Any(trigger => trigger.Rule == rule.Id && trigger.FiredAtMs == nowMs + rule.StepsMs[0]));
        }
    }

    [Fact]
    public void A_clock_that_is_set_back_by_a_day_does_not_hold_commits_up()
    {
        var log = new Kafka(1, 1);
        using var world = new World(Patient(graceMs: 100), log, new Weather(1) { PollRecordsMax = 1, CommitIntervalMs = 50, StepMsMax = 10 });
        world.StepUntil(world.ClockMs + 1000);
        world.Machines.Processes[0].Time.Set(TimeSpan.FromDays(-1));
        log.Input(First).Append(new InputRecord([new Fact("ann", 10_000, EventTypes.PageViewed)]));
        world.StepUntil(world.ClockMs + 1000);
        Assert.NotEmpty(log.Changelog[0].ReadCommitted());
    }

    /// <summary>The first scenario with a disorder to wait for, that grace, definitions that stay, and a rule without conditions.</summary>
    private static Scenario Patient(long graceMs)
    {
        for (var seed = 0; ; seed++)
        {
            var scenario = new Scenario(seed);
            if (scenario.Later.Count == 0 && scenario.OutOfOrdernessMs == 80 && scenario.Definitions.GraceMs == graceMs
                && scenario.Definitions.CartAbandonment[0] is { ItemsMin: < 2, TotalMinMinor: null, InSegment: null, NotInSegment: null })
            {
                return scenario;
            }
        }
    }
}
