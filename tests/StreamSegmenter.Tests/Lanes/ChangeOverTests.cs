using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.State;
using StreamSegmenter.Engine.Versions;
using StreamSegmenter.Events;
using StreamSegmenter.Folding;
using StreamSegmenter.Segments;
using StreamSegmenter.Testing.Model;
using StreamSegmenter.Testing.Runs;
using StreamSegmenter.Tests.Segments;
using StreamSegmenter.Triggers;

using Fact = StreamSegmenter.Testing.Reference.Fact;
using Scenario = StreamSegmenter.Testing.Reference.Scenario;

namespace StreamSegmenter.Tests.Lanes;

/// <summary>Definitions that change while the engine runs.</summary>
public sealed class ChangeOverTests
{
    private const long ChangeMs = 10_000;
    private static readonly InputPartition Place = new(0, 0);
    private readonly Kafka _log = new(1, 1);

    [Fact]
    public void An_event_is_decided_by_the_version_of_its_time()
    {
        Append("ann", EventTypes.OrderCompleted, ChangeMs - 1);
        Append("bob", EventTypes.OrderCompleted, ChangeMs);
        Append("end", EventTypes.PageViewed, 20_000);

        Run([("buyers", "did(order_completed)")], [("buyers", "did(order_completed)"), ("keen", "did(order_completed)")]);

        Assert.Equal(
            ["ann buyers Entered 9999", "ann keen Entered 10000", "bob buyers Entered 10000", "bob keen Entered 10000"], Memberships());
    }

    [Fact]
    public void Who_no_longer_qualifies_leaves_at_its_instant_and_who_stays_hears_nothing()
    {
        Append("ann", EventTypes.OrderCompleted, 1_000, 2_000);
        Append("bob", EventTypes.OrderCompleted, 1_500);
        Append("end", EventTypes.PageViewed, 20_000);

        Run([("buyers", "count(order_completed) >= 1"), ("gone", "true")], [("buyers", "count(order_completed) >= 2")]);

        Assert.Equal(
            [
                "ann buyers Entered 1000", "ann gone Entered 1000", "ann gone Exited 10000",
                "bob buyers Entered 1500", "bob buyers Exited 10000", "bob gone Entered 1500", "bob gone Exited 10000",
            ],
            Memberships());
    }

    [Fact]
    public void A_deadline_at_its_very_instant_is_still_that_of_the_version_before()
    {
        Append("ann", EventTypes.ProductAdded, ChangeMs - 500);
        Append("end", EventTypes.PageViewed, 20_000);

        Run(WithRule(500), (ChangeMs, WithRule(700)));

        Assert.Equal(["Emitted 10000"], Triggers());
    }

    [Fact]
    public void A_deadline_that_has_passed_by_the_numbers_of_the_new_version_fires_at_once_and_one_that_has_not_moves()
    {
        Append("ann", EventTypes.ProductAdded, ChangeMs - 400);
        Append("bob", EventTypes.ProductAdded, ChangeMs - 50);
        Append("end", EventTypes.PageViewed, 20_000);

        Run(WithRule(500), (ChangeMs, WithRule(100)));

        Assert.Equal(["Emitted 10050", "Emitted 9700"], Triggers());
    }

    [Fact]
    public void A_new_rule_arms_with_the_next_activity_of_a_cart_that_is_there_already()
    {
        Append("ann", EventTypes.ProductAdded, 9_000, 11_000);
        Append("bob", EventTypes.ProductAdded, 9_000);
        Append("end", EventTypes.PageViewed, 20_000);

        Run(WithRule(100_000), (ChangeMs, WithRule(100_000) with
        {
            CartAbandonment = [new CartAbandonmentRule("rule") { StepsMs = [100_000] }, new CartAbandonmentRule("second") { StepsMs = [500] }],
        }));

        Assert.Equal(["Emitted 11500"], Triggers());
    }

    [Fact]
    public void A_rule_that_is_gone_fires_no_more_and_one_with_fewer_steps_is_through_with_the_cart()
    {
        Append("ann", EventTypes.ProductAdded, 9_000);
        Append("end", EventTypes.PageViewed, 20_000);

        Run(
            WithRule(500, 2_000, 3_000), (ChangeMs, WithRule(500)),
            (ChangeMs + 500, WithRule(500, 2_000)), (ChangeMs + 1_600, WithRule()));

        Assert.Equal(["Emitted 9500"], Triggers());
    }

    [Fact]
    public void An_aggregate_that_any_version_had_before_goes_on_and_a_new_one_counts_from_the_instant_on()
    {
        Append("ann", EventTypes.OrderCompleted, 1_000, 2_000, 12_000);
        Append("ann", EventTypes.ProductViewed, 3_000, 13_000);
        Append("end", EventTypes.PageViewed, 20_000);

        Run(
            [("twice", "count(order_completed) >= 2")],
            [("thrice", "count(order_completed) >= 3"), ("looked", "count(product_viewed) >= 1"), ("looked-twice", "count(product_viewed) >= 2")]);

        Assert.Equal(
            ["ann looked Entered 13000", "ann thrice Entered 12000", "ann twice Entered 2000", "ann twice Exited 10000"], Memberships());
        var definitions = Assert.IsType<AppliedVersion>(LastRecord().Definitions);
        Assert.Equal(("version-1", ChangeMs), (definitions.Id, definitions.EffectiveMs));
        Assert.Equal([ChangeMs], definitions.Young.Select(young => young.SinceMs));
    }

    [Fact]
    public void One_that_arrives_when_the_shard_is_past_its_instant_takes_over_where_the_shard_stands_and_stays_there_over_a_restart()
    {
        StorefrontDefinitions first = TestDefinitions.Of(TestDefinitions.Euro, ("buyers", "did(order_completed)"));
        StorefrontDefinitions second = TestDefinitions.Of(TestDefinitions.Euro, ("keen", "did(order_completed)"));
        Append("ann", EventTypes.OrderCompleted, 1_000);
        Append("end", EventTypes.PageViewed, 15_000);
        var versions = Versions(first);
        using (var world = World(first, versions))
        {
            world.Run();
            versions.Add(new DefinitionVersion("version-1", ChangeMs, second, Compile(second)));
            Append("bob", EventTypes.OrderCompleted, 17_000);
            Append("end", EventTypes.PageViewed, 18_000);
            world.BeginAnew();
            world.Run();
        }

        // The watermark is an out-of-orderness of 5 s behind the largest event time.
        Assert.Equal(10_000, ChangeMs);
        Assert.Equal(["ann buyers Entered 1000", "ann buyers Exited 10000", "ann keen Entered 10000", "bob keen Entered 17000"], Memberships());
        using var restarted = World(first, Versions(first, (ChangeMs, second)));
        restarted.Run();
        Assert.Equal(4, Memberships().Count);
    }

    [Fact]
    public void A_shard_under_a_version_that_is_not_known_is_not_served_under_another()
    {
        StorefrontDefinitions first = TestDefinitions.Of(TestDefinitions.Euro, ("buyers", "did(order_completed)"));
        StorefrontDefinitions second = TestDefinitions.Of(TestDefinitions.Euro, ("keen", "did(order_completed)"));
        Append("ann", EventTypes.OrderCompleted, 1_000);
        Append("end", EventTypes.PageViewed, 20_000);
        using (var world = World(first, Versions(first, (ChangeMs, second))))
        {
            world.Run();
        }

        using var other = World(first, Versions(first));

        var error = Assert.Throws<UnknownVersionException>(other.Run);
        Assert.Equal(
            "partition 0 is under version 'version-1' of the definitions, which the definitions' topic does not hold. Name the topic that it was "
            + "published to (outputs.topics.definitions), or restore it", error.Message);
    }

    private static StorefrontDefinitions WithRule(params long[] stepsMs) => TestDefinitions.Of(TestDefinitions.Euro) with
    {
        CartAbandonment = stepsMs.Length == 0 ? [] : [new CartAbandonmentRule("rule") { StepsMs = stepsMs }],
    };

    private static SegmentProgram Compile(StorefrontDefinitions definitions) => definitions.CompileSegments([], [])!;

    private static DefinitionVersions Versions(StorefrontDefinitions first, params (long AtMs, StorefrontDefinitions Definitions)[] later)
    {
        var versions = new DefinitionVersions(DefinitionVersion.OfFile(first, Compile(first)));
        for (var i = 0; i < later.Length; i++)
        {
            versions.Add(new DefinitionVersion("version-" + (i + 1), later[i].AtMs, later[i].Definitions, Compile(later[i].Definitions)));
        }

        return versions;
    }

    private void Run((string Id, string When)[] first, (string Id, string When)[] second) =>
        Run(TestDefinitions.Of(TestDefinitions.Euro, first), (ChangeMs, TestDefinitions.Of(TestDefinitions.Euro, second)));

    private void Run(StorefrontDefinitions first, params (long AtMs, StorefrontDefinitions Definitions)[] later)
    {
        using var world = World(first, Versions(first, later));
        world.Run();
    }

    private World World(StorefrontDefinitions first, DefinitionVersions versions) => new(
        new Scenario(first, 5_000, []), _log, new Weather(1), new Testing.Mutations.Mutation { OfVersions = _ => versions });

    private ShardRecord LastRecord() => ShardRecord.Decode(
        _log.Changelog[0].ReadCommitted().Last(line => line.Value.Key.AsSpan().SequenceEqual(StateKey.ShardKey)).Value.Value);

    private List<string> Memberships() => [.. _log.Outputs.ReadCommitted().Select(output => output.Value).OfType<MembershipChange>()
        .Where(change => change.CustomerId != "end")
        .Select(change => $"{change.CustomerId} {change.Segment} {change.Kind} {change.AtMs}").Order(StringComparer.Ordinal)];

    private List<string> Triggers() => [.. _log.Outputs.ReadCommitted().Select(output => output.Value).OfType<CartAbandoned>()
        .Select(trigger => $"{trigger.Kind} {trigger.FiredAtMs}").Order(StringComparer.Ordinal)];

    private void Append(string customer, EventType type, params long[] timesMs)
    {
        foreach (var timeMs in timesMs)
        {
            _log.Input(Place).Append(new InputRecord([new Fact(customer, timeMs, type) { CartId = "cart", Product = "shoe", Quantity = 1 }]));
        }
    }
}
