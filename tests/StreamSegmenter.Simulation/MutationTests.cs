using StreamSegmenter.Testing.Checks;
using StreamSegmenter.Testing.Mutations;
using StreamSegmenter.Testing.Reference;
using StreamSegmenter.Testing.Runs;

namespace StreamSegmenter.Simulation;

/// <summary>The simulation can fail: each of these breaks one thing, and few seeds are needed to see it.</summary>
public sealed class MutationTests(ITestOutputHelper output)
{
    private const int SeedsMax = 2_000;

    [Fact]
    public void Offsets_that_are_committed_before_the_outputs_are_found() =>
        Find(new Mutation { OfSink = sink => new OffsetsBeforeOutputs(sink) });

    [Fact]
    public void A_forgotten_offset_is_found() => Find(new Mutation { OfSink = sink => new ForgottenOffset(sink) });

    [Fact]
    public void A_timer_that_is_lost_on_restore_is_found() => Find(new Mutation { OfSink = sink => new LostTimers(sink) });

    [Fact]
    public void A_fence_that_holds_nobody_off_is_found() => Find(new Mutation { Fences = false });

    [Fact]
    public void A_line_that_is_missing_in_the_changelog_is_found() => Find(new Mutation { OfSink = sink => new MissingLine(sink) });

    [Fact]
    public void Lines_of_a_commit_that_broke_off_are_found_when_they_count_at_once() => Find(new Mutation { AppliesUnfinished = true });

    [Fact]
    public void Lines_of_a_commit_that_broke_off_are_found_when_they_count_behind_the_next_commit() =>
        Find(new Mutation { OfSink = sink => new ForgottenUnfinished(sink) });

    [Fact]
    public void A_restore_that_does_not_wait_for_open_transactions_is_found() => Find(new Mutation { RestoresAtOnce = true });

    [Fact]
    public void A_confirmed_commit_that_a_successor_undoes_is_found() => Find(
        new Mutation { UndoesDecisions = true },
        weather => weather with { ExactlyOnce = true, Incremental = true, Processes = 2, Partitions = 2, StormSteps = 120, EarlyAnswerShare = 0.8 });

    [Fact]
    public void A_restore_that_misses_what_is_not_replicated_yet_is_found() => Find(
        new Mutation { WritesBarriers = false },
        weather => weather with { ExactlyOnce = false, DoubtShare = 0, FreezeInsideShare = 0, StragglerShare = 0, CrashShare = 0.3, LateShare = 1 });

    [Fact]
    public void A_checkpoint_that_claims_more_than_it_has_is_found() => Find(new Mutation { OfSink = sink => new CheckpointAhead(sink) });

    [Fact]
    public void A_checkpoint_that_is_older_than_the_memory_of_deletions_is_found() => Find(
        new Mutation { ForgetsAge = true },
        weather => weather with { KeepsCheckpoints = true, DeleteRetentionMs = 6 * weather.StepMsMax, CompactionShare = 0.5, KillShare = 0.03, StormSteps = 100 });

    [Fact]
    public void A_commit_in_doubt_that_is_taken_for_a_failure_is_found() => Find(new Mutation { OfSink = sink => new DoubtIsFailure(sink) });

    [Fact]
    public void A_source_that_does_not_go_back_is_found() => Find(new Mutation { OfSource = source => new ForgottenSeek(source) });

    [Fact]
    public void A_version_of_the_definitions_that_is_forgotten_at_a_restart_is_found() => Find(new Mutation { OfSink = sink => new ForgottenVersion(sink) });

    [Fact]
    public void A_version_that_takes_over_too_early_is_found() => Find(new Mutation { OfVersions = BrokenVersions.Early });

    [Fact]
    public void A_version_that_takes_over_too_late_is_found() => Find(new Mutation { OfVersions = BrokenVersions.Late });

    [Fact]
    public void A_version_that_never_arrives_is_found() => Find(new Mutation { OfVersions = BrokenVersions.Missing });

    [Fact]
    public void A_part_of_a_pane_that_is_lost_on_its_way_is_found() => Find(new Mutation { OfSink = sink => new LostPart(sink) });

    [Fact]
    public void A_part_of_a_pane_that_counts_twice_is_found() => Find(new Mutation { OfSink = sink => new DoubledPart(sink) });

    [Fact]
    public void A_shard_that_claims_to_be_further_than_it_is_is_found() => Find(new Mutation { OfSink = sink => new WatermarkAhead(sink) });

    [Fact]
    public void A_pane_that_is_final_too_early_is_found() => Find(new Mutation { OfSink = sink => new FinalTooEarly(sink) });

    [Fact]
    public void Shards_that_do_not_keep_in_step_are_found() => Find(new Mutation { IgnoresAlignment = true });

    private void Find(Mutation mutation) => Find(mutation, weather => weather);

    private void Find(Mutation mutation, Func<Weather, Weather> make)
    {
        for (var seed = 1; seed <= SeedsMax; seed++)
        {
            if (Verdict.Of(new Scenario(seed), make(Weather.Of(seed)), mutation) is { Count: > 0 } differences)
            {
                output.WriteLine($"found by seed {seed}: {differences[0]}");
                return;
            }
        }

        Assert.Fail($"{SeedsMax} seeds found nothing");
    }
}
