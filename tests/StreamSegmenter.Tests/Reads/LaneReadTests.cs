using System.Text;
using StreamSegmenter.Customers;
using StreamSegmenter.Engine.Reads;
using StreamSegmenter.Folding;
using StreamSegmenter.Segments;
using StreamSegmenter.Testing.Model;
using StreamSegmenter.Testing.Reference;
using StreamSegmenter.Testing.Runs;

namespace StreamSegmenter.Tests.Reads;

/// <summary>What other threads are told of a lane's state: what is committed, whatever goes wrong around it.</summary>
public sealed class LaneReadTests
{
    private const int Seeds = 60;

    [Fact]
    public void A_customer_is_found_as_committed_through_aborts_crashes_and_rebalances()
    {
        var found = 0;
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var (scenario, weather) = Stormy(seed);
            var log = Feed.Write(scenario, weather);
            using var world = new World(scenario, log, weather);
            var customers = scenario.Customers.ToArray();
            for (var step = 0; step < weather.StormSteps; step++)
            {
                var customer = customers[step % customers.Length];
                var before = Memberships(log, customer);
                var reads = world.Machines.Lanes.ConvertAll(lane =>
                {
                    var read = new CustomerRead(Encoding.UTF8.GetBytes(customer), CancellationToken.None);
                    Assert.True(lane.Reads.TryAdd(read));
                    return read;
                });
                world.StepUntil(world.ClockMs + 1);
                var after = Memberships(log, customer);
                foreach (var read in reads.Where(read => CustomerOf(read) is not null))
                {
                    found++;
                    var members = MembershipsOf(CustomerOf(read)!, customer);
                    Assert.True(members.SetEquals(before) || members.SetEquals(after), $"seed {seed}, step {step}: {customer} is in '{string.Join(',', members)}', committed are '{string.Join(',', before)}', then '{string.Join(',', after)}'");
                }

                world.Machines.Lanes.ForEach(lane => lane.Reads.RefuseAll("too late for this step"));
            }
        }

        Assert.InRange(found, Seeds, int.MaxValue);
    }

    [Fact]
    public void Pages_of_members_add_up_to_the_segment_in_the_order_of_their_ids()
    {
        var pages = 0;
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var scenario = new Scenario(seed);
            var weather = Weather.Of(seed) with { Live = false, KeepsCheckpoints = false };
            var log = Feed.Write(scenario, weather);
            using var world = new World(scenario, log, weather);
            world.Run();
            foreach (var segment in world.Machines.Living[0].Versions.Latest.Segments.SegmentIds)
            {
                var expected = scenario.Customers.Where(customer => Memberships(log, customer).Contains(segment)).ToArray();
                var members = new List<string>();
                for (string? after = ""; after is not null; pages++)
                {
                    var page = Page(world, segment, after, countMax: 2);
                    Assert.InRange(page.Members!.Count, 0, 2);
                    members.AddRange(page.Members.Select(member => member.CustomerId));
                    after = page.Next;
                }

                Assert.Equal(expected, members);
            }

            Assert.Null(Page(world, "no-such-segment", "", 2).Members);
        }

        Assert.InRange(pages, Seeds * 2, int.MaxValue);
    }

    [Fact]
    public void A_shard_that_leaves_in_the_middle_of_a_walk_refuses_the_page()
    {
        var (scenario, weather) = Stormy(3);
        var log = Feed.Write(scenario, weather with { Processes = 1, LanesEach = 1 });
        using var world = new World(scenario, log, weather with { Processes = 1, LanesEach = 1, StormSteps = 0 });
        world.Run();
        var lane = world.Machines.Lanes.Single();
        var read = new MembersRead(scenario.Segments.SegmentIds[0], default, 10, CancellationToken.None);
        lane.Reads.TryAdd(read);
        lane.Engine.OnLost([0]);
        lane.Engine.Turn();
        Assert.True(read.Answer.IsCompleted);
        Assert.DoesNotContain(0, PartitionsOf(read));
        lane.Reads.RefuseAll("the end");
    }

    [Fact]
    public void More_reads_than_may_wait_are_refused_at_once()
    {
        var reads = new LaneReads(new ManualTime());
        for (var i = 0; i < LaneReads.WaitingMax; i++)
        {
            Assert.True(reads.TryAdd(new CustomerRead(default, CancellationToken.None)));
        }

        var tooMany = new CustomerRead(default, CancellationToken.None);
        Assert.False(reads.TryAdd(tooMany));
        reads.RefuseAll("the end");
        Assert.True(reads.TryAdd(tooMany));
    }

    private static StoredCustomer? CustomerOf(CustomerRead read) => read.Answer.IsCompletedSuccessfully ? read.Answer.Result.Customer : null;

    private static IReadOnlyList<int> PartitionsOf(MembersRead read) => read.Answer.IsFaulted ? [] : read.Answer.Result.Partitions;

    private static (Scenario Scenario, Weather Weather) Stormy(int seed)
    {
        for (; ; seed += Seeds)
        {
            var weather = Weather.Of(seed);
            if (weather is { ExactlyOnce: true, Live: false, DiskRotShare: 0, FreezeInsideShare: 0 })
            {
                // Where the answer comes before the partitions hear of the commit, the lane knows of it and the log does not yet.
                return (new Scenario(seed), weather with { EarlyAnswerShare = 0 });
            }
        }
    }

    private static MembersAnswer Page(World world, string segment, string after, int countMax)
    {
        var lanes = world.Machines.Lanes;
        var reads = lanes.ConvertAll(lane =>
        {
            var read = new MembersRead(segment, Encoding.UTF8.GetBytes(after), countMax, CancellationToken.None);
            lane.Reads.TryAdd(read);
            return read;
        });
        for (var turn = 0; turn < 100 && reads.Exists(read => !read.Answer.IsCompleted); turn++)
        {
            lanes.ForEach(lane => lane.Engine.Turn());
        }

        return MembersAnswer.Merge([.. reads.Select(read => read.Answer.Result)], countMax);
    }

    /// <summary>The segments that the committed records have the customer in.</summary>
    private static HashSet<string> Memberships(Kafka log, string customer)
    {
        var members = new HashSet<string>(StringComparer.Ordinal);
        foreach (var change in log.Outputs.Decided().OfType<MembershipChange>().Where(change => change.CustomerId == customer))
        {
            _ = change.Kind == MembershipKind.Entered ? members.Add(change.Segment) : members.Remove(change.Segment);
        }

        return members;
    }

    private static HashSet<string> MembershipsOf(StoredCustomer stored, string customer)
    {
        var fold = new CustomerFold(stored.Definitions, stored.Segments);
        var record = new CustomerRecord();
        record.Load(stored.Record, new RecordLayouts(fold.Layout));
        return [.. fold.Describe(record, Encoding.UTF8.GetBytes(customer)).Segments.Where(segment => segment.IsMember).Select(segment => segment.Segment)];
    }
}
