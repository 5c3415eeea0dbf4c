using StreamSegmenter.Tests.Segments;

namespace StreamSegmenter.Tests.Aggregates;

/// <summary>What aggregates make of numbers and money.</summary>
public sealed class ValueTests
{
    private const string Order = "order_completed";

    [Fact]
    public void Money_is_compared_in_major_units_to_the_last_cent()
    {
        var customer = new TestCustomer(TestDefinitions.Compile("sum(order_completed.total, 365d) >= 1000"));
        customer.Send(Order, 1_000, new Event { TotalMinor = 99_999 });
        Assert.False(customer.IsMember);
        customer.Send(Order, 1_001, new Event { TotalMinor = 1 });
        Assert.True(customer.IsMember);
    }

    [Theory]
    [InlineData("JPY", "sum(order_completed.total) >= 500", 500)]
    [InlineData("EUR", "sum(order_completed.total) >= 0.5", 50)]
    [InlineData("KWD", "sum(order_completed.total) >= 1.125", 1_125)]
    public void A_currency_has_the_digits_of_its_standard(string currency, string when, long minor)
    {
        var program = TestDefinitions.Of(TestDefinitions.CurrencyOf(currency), ("s", when)).CompileSegments([], [])!;
        var customer = new TestCustomer(program);
        Assert.False(customer.Send(Order, 1_000, new Event { Currency = currency, TotalMinor = minor - 1 }).IsMember);
        Assert.True(customer.Send(Order, 1_001, new Event { Currency = currency, TotalMinor = 1 }).IsMember);
    }

    [Fact]
    public void Money_of_another_currency_does_not_count()
    {
        var customer = new TestCustomer(TestDefinitions.Compile("sum(order_completed.total) >= 1"));
        customer.Send(Order, 1_000, new Event { Currency = "USD", TotalMinor = 10_000 });
        Assert.False(customer.IsMember);
    }

    [Fact]
    public void The_sum_of_nothing_is_zero_and_the_other_values_of_nothing_are_missing()
    {
        var customer = new TestCustomer(TestDefinitions.Compile(
            ("sum", "sum(order_completed.total) < 100"), ("avg", "avg(order_completed.total) < 100"),
            ("min", "min(order_completed.total) != 5"), ("not max", "not (max(order_completed.total) < 100)")));
        customer.Send("page_viewed", 1_000);
        Assert.True(customer.IsIn("sum"));
        Assert.False(customer.IsIn("avg"));
        Assert.False(customer.IsIn("min"));
        Assert.True(customer.IsIn("not max"));
    }

    [Fact]
    public void An_average_is_compared_exactly()
    {
        var customer = new TestCustomer(TestDefinitions.Compile(
            ("above", "avg(order_completed.total) > 0.33"), ("equal", "avg(order_completed.quantity) = 1.5")));
        customer.Send(Order, 1_000, new Event { TotalMinor = 33, Quantity = 1 });
        customer.Send(Order, 1_001, new Event { TotalMinor = 33, Quantity = 2 });
        Assert.False(customer.IsIn("above"));
        Assert.True(customer.IsIn("equal"));
        customer.Send(Order, 1_002, new Event { TotalMinor = 34 });
        Assert.True(customer.IsIn("above"));
    }

    [Fact]
    public void Numbers_of_properties_are_kept_to_the_sixth_digit()
    {
        var customer = new TestCustomer(TestDefinitions.Compile("sum(order_completed.weight) = 0.3"));
        customer.Send(Order, 1_000, Weighing(0.1)).Send(Order, 1_001, Weighing(0.2));
        Assert.True(customer.IsMember);
        customer.Send(Order, 1_002, Weighing(double.NaN)).Send(Order, 1_003, Weighing(1e300));
        Assert.True(customer.IsMember);
    }

    [Fact]
    public void A_sum_that_leaves_the_range_stays_at_its_end()
    {
        var customer = new TestCustomer(TestDefinitions.Compile("sum(order_completed.total) >= 1"));
        customer.Send(Order, 1_000, new Event { TotalMinor = long.MaxValue }).Send(Order, 1_001, new Event { TotalMinor = 5 });
        Assert.True(customer.IsMember);
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(0)]
    [InlineData(253_402_300_799_999)]
    [InlineData(long.MaxValue - 1)]
    public void No_event_time_is_out_of_reach(long timeMs)
    {
        var customer = new TestCustomer(TestDefinitions.Compile(
            "count(order_completed, 100w) >= 1 and since_last(order_completed) >= 1ms or did(order_completed)"));
        customer.Send(Order, timeMs).Send(Order, 1_000);
        Assert.True(customer.IsMember);
    }

    [Fact]
    public void A_late_event_whose_pane_has_expired_takes_no_space()
    {
        var customer = new TestCustomer(TestDefinitions.Compile("count(order_completed, 1d) >= 2"));
        customer.Send(Order, 1_000_000_000);
        var length = customer.Record.Bytes.Length;
        customer.Send(Order, 1_000);
        Assert.Equal(length, customer.Record.Bytes.Length);
    }

    [Fact]
    public void Expired_panes_are_removed_when_the_next_event_comes()
    {
        var customer = new TestCustomer(TestDefinitions.Compile("count(order_completed, 1m, pane: 10s) >= 100"));
        customer.Send(Order, 5_000);
        var length = customer.Record.Bytes.Length;
        for (var second = 10; second < 600; second++)
        {
            customer.Send(Order, second * 1_000);
            Assert.InRange(customer.Record.Bytes.Length, length, length + (6 * 16));
        }
    }

    private static Event Weighing(double weight) =>
        new() { Properties = new Dictionary<string, object> { ["weight"] = weight } };
}
