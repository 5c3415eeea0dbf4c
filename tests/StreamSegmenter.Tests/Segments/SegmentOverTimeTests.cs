using StreamSegmenter.Segments;

namespace StreamSegmenter.Tests.Segments;

/// <summary>Who is in a segment at which instant, for one operator after the other.</summary>
public sealed class SegmentOverTimeTests
{
    private const long Minute = 60_000;
    private const long Hour = 60 * Minute;
    private const long Day = 24 * Hour;

    // Midnight, so that whole panes end at multiples of what is added.
    private const long Start = 20_000 * Day;

    [Fact]
    public void Counting_needs_as_many_events_as_the_definition_says()
    {
        var customer = new TestCustomer(TestDefinitions.Compile("count(order_completed) >= 3"));
        customer.Send("order_completed", Start).Send("order_completed", Start + 1);
        Assert.False(customer.IsMember);
        customer.Send("order_completed", Start + 2);
        Assert.True(customer.IsMember);
        Assert.Equal(long.MaxValue, customer.DueMs);
    }

    [Fact]
    public void A_count_leaves_its_window_when_its_pane_expires_and_not_a_millisecond_earlier()
    {
        var customer = new TestCustomer(TestDefinitions.Compile("count(product_viewed, 7d, pane: 1h) >= 2"));
        customer.Send("product_viewed", Start + 1).Send("product_viewed", Start + (90 * Minute));
        var expiry = Start + Hour + (7 * Day);
        Assert.Equal(expiry, customer.DueMs);
        Assert.True(customer.IsMemberAt(expiry - 1));
        Assert.False(customer.IsMemberAt(expiry));
        Assert.Equal(["s entered " + (Start + (90 * Minute)), "s exited " + expiry], customer.Story);
        Assert.Equal(long.MaxValue, customer.DueMs);
    }

    [Fact]
    public void An_event_at_a_panes_end_belongs_to_that_pane()
    {
        var customer = new TestCustomer(TestDefinitions.Compile("count(product_viewed, 1d, pane: 1h) >= 1"));
        customer.Send("product_viewed", Start + Hour);
        Assert.Equal(Start + Hour + Day, customer.DueMs);
    }

    [Fact]
    public void The_due_instant_skips_the_panes_whose_expiry_does_not_change_the_answer()
    {
        var customer = new TestCustomer(TestDefinitions.Compile("count(product_viewed, 1d, pane: 1h) >= 2"));
        for (var hour = 1; hour <= 5; hour++)
        {
            customer.Send("product_viewed", Start + (hour * Hour));
        }

        Assert.Equal(Start + (4 * Hour) + Day, customer.DueMs);
    }

    [Fact]
    public void A_customer_who_is_below_the_count_has_nothing_to_wait_for()
    {
        var customer = new TestCustomer(TestDefinitions.Compile("count(product_viewed, 1d) >= 2"));
        customer.Send("product_viewed", Start);
        Assert.Equal(long.MaxValue, customer.DueMs);
    }

    [Fact]
    public void Doing_something_counts_for_exactly_the_window()
    {
        var customer = new TestCustomer(TestDefinitions.Compile("did(order_completed, 60d)"));
        customer.Send("order_completed", Start + 7);
        Assert.Equal(Start + 7 + (60 * Day), customer.DueMs);
        Assert.True(customer.IsMemberAt(Start + 7 + (60 * Day) - 1));
        Assert.False(customer.IsMemberAt(Start + 7 + (60 * Day)));
    }

    [Fact]
    public void Not_having_done_something_holds_for_a_customer_of_whom_nothing_else_is_known()
    {
        var customer = new TestCustomer(TestDefinitions.Compile("not did(order_completed, 60d)"));
        customer.Send("page_viewed", Start);
        Assert.True(customer.IsMember);
        customer.Send("order_completed", Start + Day);
        Assert.False(customer.IsMember);
        Assert.True(customer.IsMemberAt(Start + (61 * Day)));
    }

    [Theory]
    [InlineData("since_last(order_completed) >= 30d", 30 * Day)]
    [InlineData("since_last(order_completed) > 30d", (30 * Day) + 1)]
    [InlineData("since_first(order_completed) >= 30d", 30 * Day)]
    [InlineData("since_first(order_completed) > 30d", (30 * Day) + 1)]
    [InlineData("30d < since_last(order_completed)", (30 * Day) + 1)]
    public void Time_passed_enters_at_the_very_millisecond(string when, long after)
    {
        var customer = new TestCustomer(TestDefinitions.Compile(when));
        customer.Send("order_completed", Start);
        Assert.Equal(Start + after, customer.DueMs);
        Assert.False(customer.IsMemberAt(Start + after - 1));
        Assert.True(customer.IsMemberAt(Start + after));
        Assert.Equal(long.MaxValue, customer.DueMs);
    }

    [Theory]
    [InlineData("since_last(order_completed) < 30d", 30 * Day)]
    [InlineData("since_last(order_completed) <= 30d", (30 * Day) + 1)]
    public void Time_passed_leaves_at_the_very_millisecond(string when, long after)
    {
        var customer = new TestCustomer(TestDefinitions.Compile(when));
        customer.Send("order_completed", Start);
        Assert.True(customer.IsMemberAt(Start + after - 1));
        Assert.False(customer.IsMemberAt(Start + after));
    }

    [Fact]
    public void The_time_since_something_that_never_happened_is_missing_and_compares_false()
    {
        var customer = new TestCustomer(TestDefinitions.Compile(
            ("long ago", "since_last(order_completed) > 30d"), ("lately", "since_last(order_completed) <= 30d"),
            ("not lately", "not (since_last(order_completed) <= 30d)")));
        customer.Send("page_viewed", Start);
        Assert.False(customer.IsIn("long ago"));
        Assert.False(customer.IsIn("lately"));
        Assert.True(customer.IsIn("not lately"));
    }

    [Fact]
    public void A_window_makes_since_last_forget()
    {
        var customer = new TestCustomer(TestDefinitions.Compile("since_last(order_completed, 10d) >= 3d"));
        customer.Send("order_completed", Start);
        customer.AdvanceTo(Start + (20 * Day));
        Assert.Equal([$"s entered {Start + (3 * Day)}", $"s exited {Start + (10 * Day)}"], customer.Story);
    }

    [Fact]
    public void Two_recencies_are_compared_by_which_event_came_later()
    {
        var customer = new TestCustomer(TestDefinitions.Compile("since_last(product_added) < since_last(order_completed)"));
        customer.Send("order_completed", Start).Send("product_added", Start + 5);
        Assert.True(customer.IsMember);
        customer.Send("order_completed", Start + 9);
        Assert.False(customer.IsMember);
    }

    [Fact]
    public void A_late_event_counts_in_its_own_pane()
    {
        var customer = new TestCustomer(TestDefinitions.Compile("count(product_viewed, 1d, pane: 1h) >= 2"));
        customer.Send("product_viewed", Start + (10 * Hour)).Send("product_viewed", Start + (2 * Hour));
        Assert.Equal(["s entered " + (Start + (10 * Hour))], customer.Story);
        Assert.Equal(Start + (2 * Hour) + Day, customer.DueMs);
    }

    [Fact]
    public void A_late_event_whose_pane_has_expired_counts_no_more()
    {
        var customer = new TestCustomer(TestDefinitions.Compile("count(product_viewed, 1d, pane: 1h) >= 2"));
        customer.Send("product_viewed", Start + Day + (2 * Hour)).Send("product_viewed", Start + (2 * Hour));
        Assert.False(customer.IsMember);
        customer.Send("product_viewed", Start + (2 * Hour) + 1);
        Assert.True(customer.IsMember);
    }

    [Fact]
    public void A_late_event_neither_moves_the_last_time_back_nor_the_first_time_on()
    {
        var customer = new TestCustomer(TestDefinitions.Compile(
            ("last", "since_last(order_completed) > 30d"), ("first", "since_first(order_completed) > 30d")));
        customer.Send("order_completed", Start + Day).Send("order_completed", Start);
        customer.AdvanceTo(Start + (40 * Day));
        Assert.Equal(
            [$"first entered {Start + (30 * Day) + 1}", $"last entered {Start + (31 * Day) + 1}"], customer.Story);
    }

    [Fact]
    public void A_segment_of_segments_changes_at_the_same_instant_as_they_do()
    {
        var customer = new TestCustomer(TestDefinitions.Compile(
            ("vip-at-risk", "in_segment(vip) and not did(order_completed, 60d)"),
            ("vip", "sum(order_completed.total, 365d) >= 1000 and count(order_completed, 90d) >= 3")));
        for (var i = 0; i < 3; i++)
        {
            customer.Send("order_completed", Start + (i * Day), new Event { TotalMinor = 40_000 });
        }

        Assert.Equal(["vip entered " + (Start + (2 * Day))], customer.Story);
        customer.AdvanceTo(Start + (200 * Day));
        var atRisk = Start + (62 * Day);
        Assert.Equal("vip-at-risk entered " + atRisk, customer.Story[1]);
        var (vipExit, riskExit) = (customer.Changes[2], customer.Changes[3]);
        Assert.Equal((MembershipKind.Exited, Start + (90 * Day)), (vipExit.Kind, vipExit.AtMs));
        Assert.Equal((MembershipKind.Exited, vipExit.AtMs, atRisk), (riskExit.Kind, riskExit.AtMs, riskExit.SinceMs));
    }

    [Fact]
    public void A_change_tells_the_values_it_was_decided_on()
    {
        var program = TestDefinitions.Compile(
            ("big", "sum(order_completed.total, 365d) >= 100 and did(order_completed, 60d)"), ("either", "in_segment(big)"));
        var customer = new TestCustomer(program);
        customer.Send("order_completed", Start, new Event { TotalMinor = 12_345 });
        var change = customer.Changes[0];
        Assert.Equal(
            [
                new TraitValue("sum(order_completed.total, 365d, pane: 1d)", "123.45"),
                new TraitValue("did(order_completed, 60d)", "2024-10-04T00:00:00.000Z"),
            ],
            change.Traits);
        Assert.Equal([new TraitValue("in_segment(big)", "true")], customer.Changes[1].Traits);
        Assert.Equal(("customer-1", program.Versions[0]), (change.CustomerId, change.DefinitionVersion));
    }
}
