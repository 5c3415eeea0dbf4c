using StreamSegmenter.Testing.Checks;
using StreamSegmenter.Testing.Reference;
using StreamSegmenter.Testing.Runs;

namespace StreamSegmenter.Simulation;

/// <summary>Lanes that die and stand still in the middle of commits, and successors that end what they left open, be they dead or not, and be
/// it decided already or not. A failure names the seed.</summary>
public sealed class OpenTransactionTests
{
    private const int Cases = 200;

    [Fact]
    public void Whatever_a_successor_ends_of_others_nothing_is_lost_and_nothing_comes_twice()
    {
        var ended = 0;
        for (var seed = 70_001; seed <= 70_000 + Cases; seed++)
        {
            var scenario = new Scenario(seed);
            var weather = Weather.Of(seed) with
            {
                ExactlyOnce = true,
                Processes = 2,
                Partitions = 2,
                CrashShare = 0.2,
                FreezeInsideShare = 0.2,
                StormSteps = 120,
            };
            using var world = new World(scenario, Feed.Write(scenario, weather), weather);
            var differences = Verdict.Of(world);
            Assert.True(differences.Count == 0, $"seed {seed}: {string.Join(Environment.NewLine, differences)}");
            ended += world.TransactionsEnded;
        }

        Assert.True(ended > Cases / 2, $"only {ended} transactions were ended");
    }
}
