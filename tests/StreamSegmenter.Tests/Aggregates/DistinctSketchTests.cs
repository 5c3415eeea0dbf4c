using StreamSegmenter.Tests.Segments;

namespace StreamSegmenter.Tests.Aggregates;

/// <summary>Counting different values without a bound: exact up to 1,000, then within the stated error, also of what is left in a window.</summary>
public sealed class DistinctSketchTests
{
    private const long Hour = 3_600_000;
    private const double StandardError = 0.023;

    [Fact]
    public void Up_to_a_thousand_values_are_counted_exactly()
    {
        var customer = new TestCustomer(TestDefinitions.Compile("distinct(product_viewed.product_id) >= 1000"));
        for (var i = 0; i < 1_000; i++)
        {
            Assert.False(customer.IsMember);
            customer.Send("product_viewed", Hour + i, new Event { Product = $"p{i}" }).Send("product_viewed", Hour + i, new Event { Product = "p0" });
        }

        Assert.True(customer.IsMember);
    }

    [Theory]
    [InlineData(3_000)]
    [InlineData(20_000)]
    public void Beyond_a_thousand_the_estimate_is_within_three_standard_errors(int values)
    {
        var customer = new TestCustomer(TestDefinitions.Compile("distinct(product_viewed.product_id) > 1500"));
        for (var i = 0; i < values; i++)
        {
            customer.Send("product_viewed", Hour + i, new Event { Product = $"item-{i}" });
        }

        Assert.InRange(Shown(customer), values * (1 - (3 * StandardError)), values * (1 + (3 * StandardError)));
        Assert.True(customer.Record.Bytes.Length < 64 * 1024, $"{customer.Record.Bytes.Length} bytes");
    }

    [Fact]
    public void Values_leave_the_window_with_their_pane()
    {
        var customer = new TestCustomer(TestDefinitions.Compile("distinct(product_viewed.product_id, 10h, pane: 1h) > 2000"));
        for (var hour = 0; hour < 10; hour++)
        {
            for (var i = 0; i < 500; i++)
            {
                customer.Send("product_viewed", (100 * Hour) + (hour * Hour) + 1 + i, new Event { Product = $"{hour}-{i}" });
            }
        }

        AssertNear(5_000, Shown(customer));
        customer.AdvanceTo((100 * Hour) + (15 * Hour));
        AssertNear(2_500, Shown(customer));
        Assert.True(customer.IsMember);
        customer.AdvanceTo((100 * Hour) + (30 * Hour));
        Assert.Equal(0, Shown(customer));
        Assert.False(customer.IsMember);
        customer.Send("product_viewed", (100 * Hour) + (31 * Hour), new Event { Product = "again" });
        Assert.Equal(1, Shown(customer));
    }

    private static void AssertNear(double expected, long found) =>
        Assert.InRange(found, expected * (1 - (3 * StandardError)), expected * (1 + (3 * StandardError)));

    private static long Shown(TestCustomer customer) => long.Parse(
        customer.Program.Explain(customer.Record, customer.Record.Header.ClockMs)[0].Traits[0].Value, System.Globalization.CultureInfo.InvariantCulture);
}
