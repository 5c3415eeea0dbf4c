using System.Globalization;
using StreamSegmenter.Simulation.Checks;
using StreamSegmenter.Simulation.Reference;
using StreamSegmenter.Simulation.Runs;

namespace StreamSegmenter.Simulation;

/// <summary>Many seeds: each decides a history, how the engine runs and all that goes wrong. STREAMSEGMENTER_SIMULATION_SEEDS says
/// how many, STREAMSEGMENTER_SIMULATION_FIRST where to begin.</summary>
public sealed class SimulationTests
{
    private static int Number(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    [Fact]
    public void Whatever_happens_the_committed_output_is_what_the_history_means()
    {
        var first = Number("STREAMSEGMENTER_SIMULATION_FIRST", 1);
        var failed = -1;
        Parallel.For(first, first + Number("STREAMSEGMENTER_SIMULATION_SEEDS", 10_000), (seed, loop) =>
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
}
