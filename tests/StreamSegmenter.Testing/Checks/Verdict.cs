using StreamSegmenter.Conversions;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Testing.Model;
using StreamSegmenter.Testing.Mutations;
using StreamSegmenter.Testing.Reference;
using StreamSegmenter.Testing.Runs;

namespace StreamSegmenter.Testing.Checks;

/// <summary>Runs a scenario through the weather and compares what was committed with what the history means: triggers, panes
/// and dead letters with the naive recomputation, membership changes, suppressed triggers and every customer's state with one
/// lane that reads the same records in one batch and in peace.</summary>
internal static class Verdict
{
    /// <returns>The run's differences from what is right, empty when there are none.</returns>
    public static IReadOnlyList<string> Of(Scenario scenario, Weather weather, Mutation? mutation = null)
    {
        using var world = new World(scenario, Feed.Write(scenario, weather, mutation?.Fences ?? true), weather, mutation);
        return Of(world);
    }

    public static IReadOnlyList<string> Of(World world)
    {
        try
        {
            world.Run();
            return Differences(world);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return [e is BrokenPromiseException ? e.Message : e.ToString()];
        }
    }

    private static List<string> Differences(World world)
    {
        var all = new Committed(world.Kafka);
        var actual = world.Weather.ExactlyOnce ? all : all.Once();
        var differences = new List<string>();
        var late = all.Late.Select(late => (new InputPartition(late.Source == Kafka.InputName(0) ? 0 : 1, late.Partition), late.Offset)).ToList();
        if (late.Count > 0 && !Feed.MayStraggle(world.Scenario, world.Weather))
        {
            differences.Add($"events are late: {string.Join(", ", late)}");
        }

        if (late.Distinct().Count() != late.Count)
        {
            differences.Add($"late events are said twice: {string.Join(", ", late)}");
        }

        var inTime = world.Kafka.InputsWithout([.. late]);
        var meaning = new Recomputation(world.Scenario.AllVersions().All, Unrepeated(inTime, world.Scenario));
        Compare("triggers", [.. meaning.Triggers.Order(StringComparer.Ordinal)], actual.Triggers, differences);
        Compare("panes", meaning.Metrics.Panes, actual.Panes, differences);

        if (world.Weather.ExactlyOnce)
        {
            CheckFinality(all, differences);
        }

        using var peace = new World(world.Scenario, inTime, new Weather(0) { Inputs = inTime.Inputs, Partitions = inTime.Partitions });
        peace.Run();
        var expected = new Committed(inTime);
        Compare("dead letters", world.Weather.ExactlyOnce ? expected.DeadLetters : expected.Once().DeadLetters, actual.DeadLetters, differences);
        if (expected.DeadLetters.Count != inTime.RefusedCount + meaning.MixedPrices)
        {
            differences.Add($"{expected.DeadLetters.Count} dead letters, not {inTime.RefusedCount} unreadable and {meaning.MixedPrices} mixed prices");
        }

        Compare("memberships", expected.Memberships, actual.Memberships, differences);
        Compare("suppressed", expected.Suppressed, actual.Suppressed, differences);
        Compare("customers", Committed.Customers(peace), Committed.Customers(world), differences);
        CheckOffsets(world, differences);
        CheckChangelog(world, all, Committed.Customers(peace), differences);
        return differences;
    }

    /// <summary>What is final stays as it is: in these histories nothing comes so late that it would have to be corrected.</summary>
    private static void CheckFinality(Committed all, List<string> differences)
    {
        var final = new Dictionary<(long, long, string, string), ConversionPane>();
        foreach (var pane in all.AllPanes.Where(pane => pane.Final))
        {
            var key = (pane.WindowMs, pane.StartMs, pane.Dimension, pane.Value);
            if (pane.Corrections > 0 || (final.TryGetValue(key, out var before) && (before.CohortFinal || EventsOf(before) != EventsOf(pane))))
            {
                differences.Add($"a pane was final before its time: {pane}");
            }

            final[key] = pane;
        }
    }

    private static (long, long, long, long) EventsOf(ConversionPane pane) => (pane.Events, pane.Visitors, pane.Orders, pane.RevenueMinor);

    /// <summary>What is durable must say the same once more: another process restores all of it, and has nothing left to do.</summary>
    private static void CheckChangelog(World world, Committed before, IReadOnlyList<string> customers, List<string> differences)
    {
        world.BeginAnew();
        world.Run();
        Compare("customers after a restart", customers, Committed.Customers(world), differences);
        var after = new Committed(world.Kafka);
        Compare("triggers after a restart", before.Triggers, after.Triggers, differences);
        Compare("memberships after a restart", before.Memberships, after.Memberships, differences);
        Compare("panes after a restart", before.Panes, after.Panes, differences);
    }

    private static void CheckOffsets(World world, List<string> differences)
    {
        foreach (var place in world.Kafka.Places)
        {
            var end = world.Kafka.Input(place).End;

            // Without transactions the changelog may be ahead of the group, and it is what counts.
            if (world.Weather.ExactlyOnce && world.Kafka.CommittedOffset(place) != end)
            {
                differences.Add($"{place}: the committed offset is {world.Kafka.CommittedOffset(place)}, the end {end}");
            }
        }
    }

    private static List<PlacedFact> Unrepeated(Kafka inTime, Scenario scenario)
    {
        var seen = new HashSet<(string Customer, string EventId)>();
        return [.. inTime.InOrder().Where(placed => placed.Fact.EventId.Length == 0 || scenario.Definitions.DeduplicationMs == 0
            || seen.Add((placed.Fact.Customer, placed.Fact.EventId)))];
    }

    private static void Compare(string what, IReadOnlyList<string> expected, IReadOnlyList<string> actual, List<string> differences)
    {
        if (expected.SequenceEqual(actual))
        {
            return;
        }

        var missing = expected.ToList();
        var surplus = actual.Where(line => !missing.Remove(line)).ToList();
        differences.AddRange(missing.Select(line => $"{what}: missing {line}"));
        differences.AddRange(surplus.Select(line => $"{what}: surplus {line}"));
    }
}
