using StreamSegmenter.Customers;
using StreamSegmenter.Events;
using StreamSegmenter.Segments;

namespace StreamSegmenter.Tests.Segments;

public sealed class SegmentProgramTests
{
    [Theory]
    [InlineData("did( order_completed ,60d )")]
    [InlineData("DID(purchase, 60d)")]
    [InlineData("(did(order_completed, 1440h))")]
    [InlineData("did(order_completed, 60 d)")]
    [InlineData("did('Order Completed', 60d)")]
    public void Writing_the_same_differently_keeps_the_version(string when) =>
        Assert.Equal(TestDefinitions.Compile("did(order_completed, 60d)").Versions, TestDefinitions.Compile(when).Versions);

    [Theory]
    [InlineData("did(order_completed, 61d)")]
    [InlineData("not did(order_completed, 60d)")]
    [InlineData("did(order_cancelled, 60d)")]
    public void Meaning_something_else_changes_the_version(string when) =>
        Assert.NotEqual(TestDefinitions.Compile("did(order_completed, 60d)").Versions, TestDefinitions.Compile(when).Versions);

    [Fact]
    public void A_segment_changes_its_version_with_those_that_it_refers_to()
    {
        var before = TestDefinitions.Compile(("a", "in_segment(b)"), ("b", "did(page_viewed, 1d)"), ("c", "true"));
        var after = TestDefinitions.Compile(("a", "in_segment(b)"), ("b", "did(page_viewed, 2d)"), ("c", "true"));
        Assert.NotEqual(before.Versions[0], after.Versions[0]);
        Assert.NotEqual(before.Layout.Hash, after.Layout.Hash);
        Assert.Equal(before.Versions[2], after.Versions[2]);
        Assert.Matches("^[0-9a-f]{8}$", before.Versions[0]);
    }

    [Fact]
    public void The_version_is_the_same_on_every_machine() =>
        Assert.Equal("5c0c7a18", TestDefinitions.Compile("sum(order_completed.total, 365d) >= 1000").Versions[0]);

    [Fact]
    public void Equal_aggregates_of_different_segments_are_one_trait()
    {
        var one = TestDefinitions.Compile(("a", "count(page_viewed) > 1"));
        var two = TestDefinitions.Compile(
            ("a", "count(page_viewed) > 1"), ("b", "count( page_view ) > 5 or did(page_viewed, 3d)"));
        Assert.Equal(16 + 8, one.Layout.AggregateBytes);
        Assert.Equal(16 + 16 + 8 + 8, two.Layout.AggregateBytes);
    }

    [Fact]
    public void Costs_name_the_pane_the_bytes_and_whether_time_alone_changes_the_answer()
    {
        var costs = TestDefinitions.Compile(
            ("shoes", "count(product_viewed where category = 'shoes', 7d, pane: 1h) >= 3"),
            ("ever", "count(order_completed) >= 1"),
            ("either", "in_segment(shoes) or in_segment(ever)"), ("exact", "did(page_viewed, 7d)")).Costs;
        Assert.Equal(
            new TraitCost("count(product_viewed where category = 'shoes', 7d, pane: 1h)", 3_600_000, 0, 16, 169),
            Assert.Single(costs[0].Traits));
        Assert.Equal((16, 16 * 169L), (costs[0].FixedBytes, costs[0].PaneBytesMax));
        Assert.Equal((24, 0L), (costs[1].FixedBytes, costs[1].PaneBytesMax));
        Assert.Equal([true, false, true, true], costs.Select(cost => cost.ChangesByTime));
    }

    [Fact]
    public void An_explanation_tells_membership_values_and_the_next_change()
    {
        var program = TestDefinitions.Compile(("a", "count(page_viewed, 1d, pane: 1h) >= 2"), ("b", "not did(order_completed)"));
        var customer = new TestCustomer(program).Send("page_viewed", 3_600_000).Send("page_viewed", 7_200_000);
        var explanations = program.Explain(customer.Record, 7_200_000);
        var (a, b) = (explanations[0], explanations[1]);
        Assert.Equal(("a", true, 7_200_000L, 25 * 3_600_000L), (a.Segment, a.IsMember, a.SinceMs, a.NextChangeMs));
        Assert.Equal([new TraitValue("count(page_viewed, 1d, pane: 1h)", "2")], a.Traits);
        Assert.Equal("count(page_viewed, 1d, pane: 1h) >= 2", a.When);
        Assert.Equal([new TraitValue("did(order_completed)", "")], b.Traits);
        Assert.Equal(long.MaxValue, b.NextChangeMs);
    }

    [Fact]
    public void Event_types_that_appear_after_compilation_feed_what_looks_at_any_event()
    {
        var customer = new TestCustomer(TestDefinitions.Compile("count(any) >= 2"));
        customer.Send("first_seen_later_" + Guid.NewGuid().ToString("n"), 1_000).Send("page_viewed", 1_001);
        Assert.True(customer.IsMember);
    }

    [Fact]
    public void Without_segments_nothing_is_kept_and_nothing_is_due()
    {
        var program = TestDefinitions.Compile();
        var customer = new TestCustomer(program).Send("page_viewed", 1_000);
        Assert.Equal((0, long.MaxValue), (program.Layout.AggregateBytes, customer.DueMs));
        Assert.Empty(program.SegmentIds);
    }

    [Fact]
    public void A_record_that_was_stored_and_loaded_goes_on_where_it_was()
    {
        var program = TestDefinitions.Compile("count(page_viewed, 1d) >= 2 and since_last(page_viewed) < 2h");
        var customer = new TestCustomer(program).Send("page_viewed", 1_000_000).Send("page_viewed", 2_000_000);
        var loaded = new CustomerRecord();
        loaded.Load(customer.Record.Bytes.Span, new RecordLayouts(program.Layout));
        var changes = new List<MembershipChange>();
        program.Evaluate(loaded, "customer-1"u8, loaded.Header.SegmentsDueMs, changes);
        Assert.Equal((MembershipKind.Exited, 2_000_000 + 7_200_000L), (changes.Single().Kind, changes.Single().AtMs));
    }

    [Fact]
    public void An_event_allocates_nothing_while_no_membership_changes()
    {
        var program = TestDefinitions.Compile(
            ("a", "count(product_viewed where category = 'shoes' and price > 10, 7d) >= 1"),
            ("b", "sum(product_viewed.price, 30d) >= 1 and not did(order_completed, 60d)"),
            ("c", "in_segment(a) and since_last(product_viewed) < 1h"), ("d", "avg(product_viewed.quantity) > count(any, 1h)"));
        var batch = new EventBatch();
        new Event { Category = "shoes", PriceMinor = 2_000 }.Write(batch, "product_viewed", 1_000_000);
        var record = new CustomerRecord();
        record.Initialize(program.Layout);
        var changes = new List<MembershipChange>();
        Send(1_000);
        Assert.Equal(0, Allocations.LeastOf(() => Send(1_000)));

        void Send(int count)
        {
            for (var i = 0; i < count; i++)
            {
                ref var e = ref batch[0];
                e.EventTimeMs += 1_000;
                program.Fold(record, in e, batch);
                program.EvaluateTouched(record, "customer-1"u8, e.Type, e.EventTimeMs, changes);
                record.Header.ClockMs = e.EventTimeMs;
            }
        }
    }
}
