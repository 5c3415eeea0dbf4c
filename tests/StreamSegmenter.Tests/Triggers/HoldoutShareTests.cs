using System.Text;
using StreamSegmenter.Tests.Segments;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Tests.Triggers;

/// <summary>A holdout measures lift only if it is a fair sample, and another one for every rule.</summary>
public sealed class HoldoutShareTests
{
    private const int Customers = 20_000;

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(1000)]
    [InlineData(5000)]
    [InlineData(10_000)]
    public void The_share_is_that_of_the_rule(int perTenThousand)
    {
        var rule = Rule("abandoned-cart", perTenThousand);
        var held = Keys().Count(key => rule.HoldsOut(key));
        var expected = Customers * (perTenThousand / 10_000.0);
        Assert.InRange(held, expected - (4 * Math.Sqrt(expected)), expected + (4 * Math.Sqrt(expected)));
    }

    [Fact]
    public void The_shares_of_two_rules_are_independent()
    {
        var first = Rule("first", 5000);
        var second = Rule("second", 5000);
        var both = Keys().Count(key => first.HoldsOut(key) && second.HoldsOut(key));
        Assert.InRange(both, Customers * 0.24, Customers * 0.26);
    }

    private static IEnumerable<byte[]> Keys() => Enumerable.Range(0, Customers).Select(i => Encoding.UTF8.GetBytes("customer-" + i));

    private static CompiledRule Rule(string id, int perTenThousand) =>
        new(new CartAbandonmentRule(id) { HoldoutPerTenThousand = perTenThousand }, TestDefinitions.Compile("did(order_completed)"));
}
