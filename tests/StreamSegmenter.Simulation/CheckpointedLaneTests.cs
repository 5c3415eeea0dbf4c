using StreamSegmenter.Testing.Checks;
using StreamSegmenter.Testing.Reference;
using StreamSegmenter.Testing.Runs;

namespace StreamSegmenter.Simulation;

/// <summary>Lanes that take checkpoints all the time, die, lose shards and go on from what their last life has left on the disk, in
/// whatever state that is. A failure names the seed.</summary>
public sealed class CheckpointedLaneTests
{
    private const int Cases = 100;

    [Fact]
    public void A_lane_that_goes_on_from_a_checkpoint_goes_on_as_if_it_had_never_died()
    {
        var (used, refused) = (0, 0);
        for (var seed = 60_001; seed <= 60_000 + Cases; seed++)
        {
            var scenario = new Scenario(seed);
            var weather = Weather.Of(seed) with
            {
                KeepsCheckpoints = true,
                CheckpointIntervalMs = 1,
                StormSteps = 120,
                KillShare = 0.04,
                DiskRotShare = 0.02,
                PowerFailureShare = 0.5,
            };
            using var world = new World(scenario, Feed.Write(scenario, weather), weather);
            var differences = Verdict.Of(world);
            Assert.True(differences.Count == 0, $"seed {seed}: {string.Join(Environment.NewLine, differences)}");
            used += world.RestoresFromCheckpoints;
            refused += world.CheckpointsRefused;
        }

        Assert.True(used > Cases / 2 && refused > Cases / 2, $"only {used} checkpoints were used, and {refused} refused");
    }
}
