using StreamSegmenter.Simulation.Checks;
using StreamSegmenter.Simulation.Reference;
using StreamSegmenter.Simulation.Runs;

namespace StreamSegmenter.Simulation;

/// <summary>Lanes that take checkpoints all the time, die, lose shards and go on from what their last life has left on the disk.
/// A failure names the seed.</summary>
public sealed class CheckpointedLaneTests
{
    private const int Cases = 30;

    [Fact]
    public void A_lane_that_goes_on_from_a_checkpoint_goes_on_as_if_it_had_never_died()
    {
        var fromCheckpoints = 0;
        for (var seed = 60_001; seed <= 60_000 + Cases; seed++)
        {
            var directory = Directory.CreateTempSubdirectory("checkpointed-lane-").FullName;
            try
            {
                // No compaction: the model's log forgets deletions at once, and no checkpoint is young enough for that.
                var scenario = new Scenario(seed);
                var weather = new Weather(seed)
                {
                    ExactlyOnce = seed % 2 == 0, Partitions = 1 + (seed % 3), Inputs = 1 + (seed % 2), Disorder = true, StormSteps = 120,
                    StepMsMax = 20, PollRecordsMax = 3, CrashShare = 0.05, AbortShare = 0.1, KillShare = 0.04,
                    StateDirectory = directory,
                };
                using var world = new World(scenario, Feed.Write(scenario, weather), weather);
                var differences = Verdict.Of(world);
                Assert.True(differences.Count == 0, $"seed {seed}: {string.Join(Environment.NewLine, differences)}");
                fromCheckpoints += world.RestoresFromCheckpoints;
            }
            finally
            {
                Directory.Delete(directory, recursive: true);
            }
        }

        Assert.True(fromCheckpoints > Cases / 2, $"only {fromCheckpoints} restores were from a checkpoint");
    }
}
