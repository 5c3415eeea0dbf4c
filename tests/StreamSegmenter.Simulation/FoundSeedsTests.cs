using StreamSegmenter.Testing.Checks;
using StreamSegmenter.Testing.Reference;
using StreamSegmenter.Testing.Runs;

namespace StreamSegmenter.Simulation;

/// <summary>Seeds that once found something, by what they found.</summary>
public sealed class FoundSeedsTests
{
    [Fact]
    public void A_held_event_that_has_become_late_is_said_once_although_no_offset_moves() => Check(417);

    [Fact]
    public void A_pane_whose_first_commit_was_aborted_becomes_final_although_its_old_timer_fires_before_it_is_opened_again() => Check(102_361);

    [Fact]
    public void Of_a_commit_that_breaks_off_in_the_changelog_some_shards_may_be_complete_so_all_are_restored()
    {
        Check(13_039);
        Check(14_633);
    }

    [Fact]
    public void Who_stood_still_for_too_long_asks_its_group_before_it_writes_also_when_it_is_told_to_stop()
    {
        Check(80_918);
        Check(150_415);
        Check(180_772);
    }

    [Fact]
    public void A_layout_that_a_repair_deleted_is_written_again() => Check(2_834);

    [Fact]
    public void What_a_broken_off_commit_claimed_closes_no_pane()
    {
        Check(8_209);
        Check(3_515);
    }

    [Fact]
    public void Lines_that_arrive_behind_the_restore_that_follows_a_doubt_do_not_count()
    {
        Check(416);
        Check(2_713);
        Check(26);
    }

    [Fact]
    public void A_commit_that_becomes_complete_long_after_it_was_given_up_makes_nothing_older_that_was_said_since()
    {
        Check(10_834);
        Check(64_403);
        Check(100_442);
    }

    [Fact]
    public void A_lane_that_has_settled_what_broke_off_and_has_nothing_else_to_do_is_well_again() => Check(87_918);

    [Fact]
    public void A_pane_does_not_close_on_what_a_commit_claimed_that_broke_off_with_the_numbers_of_the_one_that_did_it_again()
    {
        Check(2_032);
        Check(4_100);
        Check(4_815);
        Check(6_330);
    }

    private static void Check(int seed) => Assert.Empty(Verdict.Of(new Scenario(seed).WithoutChanges(), Weather.Of(seed)));
}
