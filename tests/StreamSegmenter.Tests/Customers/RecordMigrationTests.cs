using StreamSegmenter.Customers;
using StreamSegmenter.Segments;
using StreamSegmenter.Tests.Segments;

namespace StreamSegmenter.Tests.Customers;

/// <summary>What becomes of a stored record when the definitions change.</summary>
public sealed class RecordMigrationTests
{
    private const long NewDefinitionsMs = 5_000_000;

    private static readonly (string, string) Buyers = ("buyers", "count(order_completed) >= 2");
    private static readonly (string, string) Recent = ("recent", "count(product_viewed, 30d) >= 2");
    private static readonly (string, string) Viewers = ("viewers", "count(product_viewed) >= 1");

    [Fact]
    public void A_trait_of_equal_meaning_keeps_its_counts_wherever_it_is_defined()
    {
        var customer = Seen(Buyers, Recent);

        var later = Under(customer, Viewers, ("two views", "count(product_viewed, 30d) >= 2"), ("loyal", "count(order_completed) >= 2"));
        later.AdvanceTo(NewDefinitionsMs);

        // Views over all time were not counted before, so nobody has any; the two others were.
        Assert.Equal(
            ["buyers Exited", "loyal Entered", "recent Exited", "two views Entered"], later.Changes.Select(TextOf).Order());
        later.Send("product_viewed", NewDefinitionsMs + 1);
        Assert.Equal("viewers Entered", TextOf(later.Changes[^1]));
    }

    [Fact]
    public void A_member_that_still_qualifies_stays_since_when_it_was_and_hears_nothing()
    {
        var customer = Seen(Buyers, Recent);

        var later = Under(customer, Recent, ("buyers", "count(order_completed) >= 1"));
        later.AdvanceTo(NewDefinitionsMs);

        Assert.Empty(later.Changes);
        Assert.True(later.Program.IsMember(later.Record, 1));
        Assert.Equal(2_000_000, later.Program.MemberSinceMs(later.Record, 1));
    }

    [Fact]
    public void A_member_that_no_longer_qualifies_leaves_when_the_definitions_take_effect()
    {
        var customer = Seen(Buyers, Recent);

        var later = Under(customer, ("buyers", "count(order_completed) >= 3"), Recent);
        later.AdvanceTo(NewDefinitionsMs);

        var exit = Assert.Single(later.Changes);
        Assert.Equal("buyers Exited", TextOf(exit));
        Assert.Equal((NewDefinitionsMs, 2_000_000, later.Program.Versions[0]), (exit.AtMs, exit.SinceMs, exit.DefinitionVersion));
    }

    [Fact]
    public void A_member_of_a_segment_that_is_no_longer_defined_leaves_it_under_its_old_version_once()
    {
        var customer = Seen(Buyers, Recent);

        var later = Under(customer, Recent);
        later.AdvanceTo(NewDefinitionsMs);
        later.Send("order_completed", NewDefinitionsMs + 1);

        var exit = Assert.Single(later.Changes);
        Assert.Equal("buyers Exited", TextOf(exit));
        Assert.Equal((NewDefinitionsMs, customer.Program.Versions[0]), (exit.AtMs, exit.DefinitionVersion));
        Assert.True(later.Record.Section(SectionKind.LeftSegments, 0).IsEmpty);
    }

    [Fact]
    public void A_pending_exit_survives_the_next_change_of_definitions()
    {
        var later = Under(Under(Seen(Buyers, Recent), Recent), Viewers);
        later.AdvanceTo(NewDefinitionsMs);

        Assert.Equal(["buyers Exited", "recent Exited"], later.Changes.Select(TextOf).Order());
    }

    [Fact]
    public void Under_the_same_definitions_nothing_changes()
    {
        var customer = Seen(Buyers, Recent);

        Assert.Equal(customer.Record.Bytes.ToArray(), Under(customer, Buyers, Recent).Record.Bytes.ToArray());
    }

    [Fact]
    public void Traits_of_an_unknown_layout_begin_empty()
    {
        var customer = Seen(Buyers, Recent);
        var later = new TestCustomer(TestDefinitions.Compile(Viewers, Buyers));
        later.Record.Load(customer.Record.Bytes.Span, new RecordLayouts(later.Program.Layout));

        Assert.Equal(new byte[later.Program.Layout.AggregateBytes], later.Record.Aggregates.ToArray());
        Assert.Equal(customer.Record.Header.ClockMs, later.Record.Header.SegmentsDueMs);
    }

    [Fact]
    public void Header_carts_and_attributes_come_along_and_the_wheel_holds_the_customer_at_once()
    {
        var customer = Seen(Buyers, Recent);
        customer.Record.Header.Orders = 7;
        customer.Record.Header.CartsDueMs = customer.Record.Header.NextDueMs = customer.Record.Header.WheelDueMs = 9_000_000;
        customer.Record.ResizeSection(SectionKind.Cart, 4, 3).Fill(1);
        customer.Record.ResizeSection(SectionKind.Attribute, 9, 2).Fill(2);

        var record = Under(customer, Viewers).Record;

        Assert.Equal((7u, 9_000_000), (record.Header.Orders, record.Header.CartsDueMs));
        Assert.Equal([1, 1, 1], record.Section(SectionKind.Cart, 4).ToArray());
        Assert.Equal([2, 2], record.Section(SectionKind.Attribute, 9).ToArray());
        Assert.Equal((NewDefinitionsMs, NewDefinitionsMs), (record.Header.NextDueMs, record.Header.WheelDueMs));
    }

    [Fact]
    public void A_layout_reads_back_as_it_was_written()
    {
        var layout = TestDefinitions.Compile(Buyers, Recent, ("spent", "sum(order_completed.total) > 10")).Layout;

        var read = RecordLayout.Decode(layout.Encoded.Span);

        Assert.Equal((layout.Hash, layout.AggregateBytes), (read.Hash, read.AggregateBytes));
        Assert.Equal(layout.Segments, read.Segments);
        Assert.Equal(layout.Aggregates, read.Aggregates);
        Assert.Throws<InvalidDataException>(() => RecordLayout.Decode("{\"segments\":[]}"u8));
    }

    /// <summary>Two orders and two views, so in both of the usual segments.</summary>
    private static TestCustomer Seen(params (string, string)[] segments)
    {
        var customer = new TestCustomer(TestDefinitions.Compile(segments))
            .Send("order_completed", 1_000_000).Send("order_completed", 2_000_000)
            .Send("product_viewed", 2_500_000).Send("product_viewed", 3_000_000);
        Assert.Equal(["buyers Entered", "recent Entered"], customer.Changes.Select(TextOf));
        return customer;
    }

    private static TestCustomer Under(TestCustomer before, params (string, string)[] segments)
    {
        var later = new TestCustomer(TestDefinitions.Compile(segments));
        var layouts = new RecordLayouts(later.Program.Layout) { EffectiveMs = NewDefinitionsMs };
        layouts.Add(before.Program.Layout.Encoded.Span);
        later.Record.Load(before.Record.Bytes.Span, layouts);
        return later;
    }

    private static string TextOf(MembershipChange change) => $"{change.Segment} {change.Kind}";
}
