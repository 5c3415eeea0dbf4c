using System.Text;
using StreamSegmenter.Tests.Scenarios.Harness;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Tests.Scenarios;

/// <summary>Every file in this folder is a scenario; <see cref="Scenario"/> tells what stands in it. Each is run in every
/// <see cref="Way"/> and must give what it expects, and in all ways the same to the last byte, trigger ids included.</summary>
public sealed class ScenarioTests
{
    private const int ScenariosMin = 60;

    public static TheoryData<string> Names => [.. Scenario.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_scenario_gives_what_it_expects_in_every_way(string name)
    {
        var scenario = Scenario.Load(name);
        var first = new ScenarioRun(scenario, Way.EventByEvent);
        AssertLines(scenario, "expect", scenario.Expected, first.Outputs);
        if (scenario.Pending is { } pending)
        {
            AssertLines(scenario, "pending", pending, first.Pending);
        }

        AssertRetractionsAndRecoveriesFollow(first.Log);
        ScenarioRun[] others =
        [
            new(scenario, Way.OneBatch), new(scenario, Way.RestoredAfterEvery), new(scenario, Way.TwoLanes),
            new(scenario, Way.Shuffled, 1), new(scenario, Way.Shuffled, 2), new(scenario, Way.Shuffled, 3),
        ];
        foreach (var other in others)
        {
            AssertLines(scenario, $"{Way.EventByEvent} and {other.Way}", first.Outputs, other.Outputs);
            AssertLines(scenario, $"pending, {Way.EventByEvent} and {other.Way}", first.Pending, other.Pending);
        }
    }

    [Fact]
    public void There_are_scenarios_for_every_rule() => Assert.True(Names.Count >= ScenariosMin, $"only {Names.Count} scenarios");

    private static void AssertRetractionsAndRecoveriesFollow(ScenarioLog log)
    {
        var standing = new HashSet<string>();
        var recovered = new HashSet<string>();
        foreach (var trigger in log.Triggers)
        {
            var id = trigger.TriggerId;
            var follows = trigger.Kind switch
            {
                TriggerKind.Emitted => standing.Add(id),
                TriggerKind.Recovered => standing.Contains(id) && recovered.Add(id),
                // A late order from before the firing takes back a recovered trigger, too.
                _ => standing.Remove(id) && (recovered.Remove(id) || true),
            };
            Assert.True(follows, $"{trigger.Kind} of {id} does not follow what was emitted of it before");
        }
    }

    /// <summary>Both sides beside each other; a line that differs is marked.</summary>
    private static void AssertLines(Scenario scenario, string what, IReadOnlyList<string> expected, IReadOnlyList<string> actual)
    {
        var count = Math.Max(expected.Count, actual.Count);
        var differs = false;
        var width = expected.Append(what).Max(line => line.Length) + 2;
        var text = new StringBuilder().Append('\n').Append(scenario.Name).Append(": ").Append(scenario.Sentence).Append('\n');
        text.Append("  ").Append(what.PadRight(width)).Append("  actual\n");
        for (var i = 0; i < count; i++)
        {
            var left = i < expected.Count ? expected[i] : "";
            var right = i < actual.Count ? actual[i] : "";
            var same = left.Length > 0 && right.Length > 0 && OutputLines.Matches(left, right);
            differs |= !same;
            text.Append(same ? "  " : "! ").Append(left.PadRight(width)).Append("  ").Append(right).Append('\n');
        }

        Assert.False(differs, text.ToString());
    }
}
