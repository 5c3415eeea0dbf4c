using System.Globalization;
using StreamSegmenter.Testing.Checks;
using StreamSegmenter.Testing.Mutations;
using StreamSegmenter.Testing.Reference;
using StreamSegmenter.Testing.Runs;

namespace StreamSegmenter.Simulation;

/// <summary>Many seeds: each decides a history, how the engine runs and all that goes wrong. STREAMSEGMENTER_SIMULATION_SEEDS says
/// how many, STREAMSEGMENTER_SIMULATION_FIRST where to begin. They come in parts, so that a test runner sees them go on.</summary>
public sealed class SimulationTests
{
    private const int Parts = 20;
    private const int DamagedSeeds = 200;

    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, Parts)];

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Whatever_happens_the_committed_output_is_what_the_history_means(int part)
    {
        var first = Variable("STREAMSEGMENTER_SIMULATION_FIRST", 1);
        var seeds = Variable("STREAMSEGMENTER_SIMULATION_SEEDS", 10_000);
        var failed = -1;
        Parallel.For(first + (int)((long)seeds * part / Parts), first + (int)((long)seeds * (part + 1) / Parts), (seed, loop) =>
        {
            if (Verdict.Of(new Scenario(seed), Weather.Of(seed)).Count > 0)
            {
                loop.Stop();
                Interlocked.CompareExchange(ref failed, seed, -1);
            }
        });
        if (failed >= 0)
        {
            Assert.Fail($"seed {failed}\n" + new Shrinking(new Scenario(failed), Weather.Of(failed)).Tell());
        }
    }

    /// <summary>A lane that dropped such a commit would fold its events again and write their outputs a second time.</summary>
    [Fact]
    public void A_disk_that_turns_out_damaged_behind_a_durable_commit_repeats_nothing()
    {
        for (var seed = 1; seed <= DamagedSeeds; seed++)
        {
            Assert.Empty(Verdict.Of(new Scenario(seed), Weather.Of(seed), new Mutation { OfSink = sink => new DamageBehindCommit(sink) }));
        }
    }

    private static int Variable(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
