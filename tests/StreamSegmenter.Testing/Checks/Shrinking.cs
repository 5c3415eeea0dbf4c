using StreamSegmenter.Engine.Versions;
using StreamSegmenter.Testing.Mutations;
using StreamSegmenter.Testing.Reference;
using StreamSegmenter.Testing.Runs;

namespace StreamSegmenter.Testing.Checks;

/// <summary>Makes a failing run smaller: turns parts of the weather off and takes facts away as long as it still fails.</summary>
internal sealed class Shrinking
{
    private const int RunsMax = 400;
    private readonly Mutation? _mutation;
    private int _runs;

    public Shrinking(Scenario scenario, Weather weather, Mutation? mutation = null)
    {
        (Scenario, Weather, _mutation) = (scenario, weather, mutation);
        while (TryWeather() || TryFacts())
        {
        }
    }

    public Scenario Scenario { get; private set; }

    public Weather Weather { get; private set; }

    /// <summary>The smallest run that still fails, told step by step.</summary>
    public string Tell()
    {
        using var world = new World(Scenario, Feed.Write(Scenario, Weather, _mutation?.Fences ?? true), Weather, _mutation, traces: true);
        var differences = Verdict.Of(world);
        return string.Join("\n", [Weather.ToString(), .. Scenario.AllVersions().All.Select(TextOf), .. Scenario.Facts.Select(fact => fact.ToString()), world.Trace!.ToString(), .. differences]);
    }

    private static string TextOf(DefinitionVersion version) =>
        $"{version.Id} from {version.EffectiveMs}: {string.Join(", ", version.Definitions.CartAbandonment)}; "
        + string.Join(", ", version.Definitions.Segments.Select(segment => $"{segment.Id}: {segment.When}"));

    private bool TryWeather()
    {
        var weather = Weather;
        Weather[] milder =
        [
            weather with { Live = false }, weather with { Processes = 1 }, weather with { Processes = Math.Min(2, weather.Processes) },
            weather with { LanesEach = 1 }, weather with { Inputs = 1 }, weather with { Partitions = 1 }, weather with { StormSteps = weather.StormSteps / 2 },
            weather with { StormSteps = weather.StormSteps - (weather.StormSteps > 5 ? 5 : 0) },
            weather with { Disorder = false }, weather with { RepeatShare = 0 }, weather with { GapShare = 0 }, weather with { StragglerShare = 0 },
            weather with { StuckShare = 0 }, weather with { CrashShare = 0 }, weather with { AbortShare = 0 }, weather with { DoubtShare = 0 },
            weather with { FreezeInsideShare = 0 }, weather with { CrashInRestoreShare = 0 }, weather with { KillShare = 0 },
            weather with { StopShare = 0 }, weather with { FreezeShare = 0 }, weather with { JumpShare = 0 }, weather with { CompactionShare = 0 },
            weather with { Incremental = false }, weather with { StaticMembers = false }, weather with { CommitIntervalMs = 0 },
            weather with { ReorderEventsMax = 1000 }, weather with { WorkingSetBytesMax = 256 << 20 }, weather with { KeepsCheckpoints = false }, weather with { DiskFullShare = 0 },
            weather with { AlignmentMs = 0 }, weather with { DiskRotShare = 0 }, weather with { PowerFailureShare = 0 }, weather with { LateShare = 0 },
        ];
        return milder.Any(candidate => candidate != Weather && Try(Scenario, candidate));
    }

    private bool TryFacts()
    {
        for (var length = Scenario.Facts.Count / 2; length > 0; length /= 2)
        {
            for (var start = 0; start + length <= Scenario.Facts.Count; start += length)
            {
                if (Try(Scenario.With([.. Scenario.Facts.Take(start), .. Scenario.Facts.Skip(start + length)]), Weather))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private bool Try(Scenario scenario, Weather weather)
    {
        if (_runs++ >= RunsMax || scenario.Facts.Count == 0 || Verdict.Of(scenario, weather, _mutation).Count == 0)
        {
            return false;
        }

        (Scenario, Weather) = (scenario, weather);
        return true;
    }
}
