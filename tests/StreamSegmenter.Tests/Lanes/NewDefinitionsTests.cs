using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.State;
using StreamSegmenter.Events;
using StreamSegmenter.Folding;
using StreamSegmenter.Segments;
using StreamSegmenter.Testing.Model;
using StreamSegmenter.Testing.Runs;
using StreamSegmenter.Tests.Segments;

using Fact = StreamSegmenter.Testing.Reference.Fact;
using Scenario = StreamSegmenter.Testing.Reference.Scenario;

namespace StreamSegmenter.Tests.Lanes;

/// <summary>An engine that starts with other definitions than those its changelog was written under.</summary>
public sealed class NewDefinitionsTests
{
    private const int Customers = 2_000;
    private static readonly InputPartition Place = new(0, 0);
    private readonly Kafka _log = new(1, 1);

    [Fact]
    public void Customers_who_no_longer_qualify_exit_without_another_event_and_none_enters_twice()
    {
        Append("ann", 1_000, 2_000);
        Append("bob", 1_500);
        Run([("twice", "count(order_completed) >= 2"), ("buyers", "count(order_completed) >= 1")]);
        Append("cleo", 10_000);

        Run([("buyers", "count(order_completed) >= 1"), ("keen", "count(order_completed) >= 2")]);

        Assert.Equal(
            [
                "ann buyers Entered 1000", "ann keen Entered 2000", "ann twice Entered 2000", "ann twice Exited 2000",
                "bob buyers Entered 1500", "cleo buyers Entered 10000",
            ],
            MembershipChanges.Select(change => $"{change.CustomerId} {change.Segment} {change.Kind} {change.AtMs}").Order());
    }

    [Fact]
    public void Every_customer_exits_even_if_one_commit_cannot_hold_all_of_them()
    {
        for (var i = 0; i < Customers; i++)
        {
            Append($"customer-{i}", 1_000 + i);
        }

        Run([("buyers", "count(order_completed) >= 1")]);
        var commits = Commits;
        Append("last", 100_000);

        Run([("keen", "count(order_completed) >= 1")], workingSetBytesMax: 300_000);

        Assert.Equal(Customers, Count("buyers", MembershipKind.Exited));
        Assert.Equal(Customers + 1, Count("keen", MembershipKind.Entered));
        Assert.True(Commits - commits >= 4, $"{Commits - commits} commits");
    }

    private IEnumerable<MembershipChange> MembershipChanges =>
        _log.Outputs.ReadCommitted().Select(output => output.Value).OfType<MembershipChange>();

    private int Commits => _log.Changelog[0].ReadCommitted().Count(line => line.Value.Key.AsSpan().SequenceEqual(StateKey.ShardKey));

    private int Count(string segment, MembershipKind kind) => MembershipChanges
        .Where(change => change.Segment == segment && change.Kind == kind).DistinctBy(change => change.CustomerId).Count();

    private void Append(string customer, params long[] ordersMs)
    {
        foreach (var timeMs in ordersMs)
        {
            _log.Input(Place).Append(new InputRecord([new Fact(customer, timeMs, EventTypes.OrderCompleted)]));
        }
    }

    private void Run((string Id, string When)[] segments, long workingSetBytesMax = 256 << 20)
    {
        StorefrontDefinitions definitions = TestDefinitions.Of(TestDefinitions.Euro, segments);
        using var world = new World(new Scenario(definitions, 5_000, []), _log, new Weather(1) { WorkingSetBytesMax = workingSetBytesMax });
        world.Run();
    }
}
