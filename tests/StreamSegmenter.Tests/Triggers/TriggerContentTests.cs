using StreamSegmenter.Triggers;

namespace StreamSegmenter.Tests.Triggers;

/// <summary>What a trigger says, and on which carts a rule fires.</summary>
public sealed class TriggerContentTests
{
    [Fact]
    public void A_trigger_lists_what_is_in_the_cart()
    {
        var trigger = new Shop(Shop.Rule with { Attributes = ["channel", "campaign"] })
            .Adds("shoe", 1999, 2).InCart("a").From("mail").At(0)
            .Adds("hat").InCart("a").At(5)
            .Adds("shoe", 1899, 1).InCart("a").From("shop").At(10)
            .ChecksOut().InCart("a").At(12)
            .Until(42).Fires(42).Last;

        Assert.Equal([new CartLine("shoe", 3, 1899), new CartLine("hat", 1, null)], trigger.Lines);
        Assert.Equal((5697, "EUR", "a", "ann"), (trigger.TotalMinor, trigger.Currency, trigger.CartId, trigger.CustomerId));
        Assert.Equal((CartStage.Checkout, TriggerKind.Emitted, 1), (trigger.Stage, trigger.Kind, trigger.Step));
        Assert.Equal((0L, 12 * Shop.MinuteMs, 42 * Shop.MinuteMs), (trigger.CartCreatedAtMs, trigger.LastActivityAtMs, trigger.FiredAtMs));
        Assert.Equal(42 * Shop.MinuteMs, trigger.CartAgeMs);
        Assert.Equal(KeyValuePair.Create("channel", "shop"), Assert.Single(trigger.Attributes));
    }

    [Fact]
    public void A_cart_without_prices_has_no_total()
    {
        var trigger = new Shop().Adds("shoe").At(0).Until(30).Last;

        Assert.Null(trigger.TotalMinor);
        Assert.Null(trigger.Currency);
        Assert.Null(trigger.CartId);
    }

    [Fact]
    public void Amounts_of_another_currency_are_not_summed()
    {
        var trigger = new Shop().Adds("shoe", 1000).At(0).Adds("hat", 500).In("USD").At(1).Adds("shoe", 700).In("USD").At(2).Until(40).Last;

        Assert.Equal((null, "EUR"), (trigger.TotalMinor, trigger.Currency));
        Assert.Equal([1000L, null], trigger.Lines.Select(line => line.PriceMinor));
    }

    [Fact]
    public void Revenue_counts_orders_in_the_shops_currency_alone()
    {
        var header = new Shop().Orders(1500).At(0).Orders(900).In("USD").At(1).Header;

        Assert.Equal((1500, 2u), (header.RevenueMinor, header.Orders));
    }

    [Theory]
    [InlineData(2000, true)]
    [InlineData(2001, false)]
    public void A_rule_may_ask_for_a_total(long totalMinMinor, bool fires)
    {
        var shop = new Shop(Shop.Rule with { TotalMinMinor = totalMinMinor }).Adds("shoe", 1000, 2).At(0).Until(40);
        Assert.Equal(fires ? 1 : 0, shop.Triggers.Count);
    }

    [Fact]
    public void A_total_in_another_currency_is_not_compared() => new Shop(Shop.Rule with { TotalMinMinor = 1 })
        .Adds("shoe", 1000).In("USD").At(0).Until(40).FiresNothing();

    [Theory]
    [InlineData(3, true)]
    [InlineData(4, false)]
    public void A_rule_may_ask_for_items(int itemsMin, bool fires)
    {
        var shop = new Shop(Shop.Rule with { ItemsMin = itemsMin }).Adds("shoe", null, 2).At(0).Adds("hat").At(0).Until(40);
        Assert.Equal(fires ? 1 : 0, shop.Triggers.Count);
    }

    [Fact]
    public void A_rule_may_be_for_members_of_a_segment_at_the_instant_of_the_deadline()
    {
        var rule = Shop.Rule with { InSegment = "segment" };
        new Shop(rule, segment: "did(order_completed)").Adds("shoe").At(0).Until(40).FiresNothing();
        new Shop(rule, segment: "did(order_completed)").Orders().At(0).Adds("shoe").At(1).Until(40).Fires(31);

        // Leaves the segment in the very millisecond of the deadline.
        new Shop(rule, segment: "did(product_viewed, 30m)").Views().At(10).Adds("shoe").At(10).Until(50).FiresNothing();
        new Shop(rule, segment: "did(product_viewed, 30m)").Adds("shoe").At(10).Views().At(11).Until(50).Fires(40);
    }

    [Fact]
    public void A_rule_may_be_for_those_outside_a_segment()
    {
        var rule = Shop.Rule with { NotInSegment = "segment" };
        new Shop(rule, segment: "did(order_completed)").Adds("shoe").At(0).Until(40).Fires(30);
        new Shop(rule, segment: "did(order_completed)").Orders().At(0).Adds("shoe").At(1).Until(40).FiresNothing();
    }

    [Fact]
    public void The_trigger_id_is_the_same_on_every_replay() =>
        Assert.Equal(IdOf(new Shop().Adds("shoe").At(0)), IdOf(new Shop().Adds("shoe").At(0).Views().At(20)));

    [Fact]
    public void The_trigger_id_tells_apart_rule_version_customer_cart_and_arming_time()
    {
        string[] ids =
        [
            IdOf(new Shop().Adds("shoe").At(0)),
            IdOf(new Shop().Adds("shoe").AtMs(1)),
            IdOf(new Shop(customer: "bob").Adds("shoe").At(0)),
            IdOf(new Shop().Adds("shoe").InCart("a").At(0)),
            IdOf(new Shop(Shop.Rule with { Id = "other" }).Adds("shoe").At(0)),
            IdOf(new Shop(Shop.Rule with { ItemsMin = 1 }).Adds("shoe").At(0)),
        ];

        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Matches("^[0-9a-f]{32}$", id));
    }

    private static string IdOf(Shop shop) => shop.Until(100).Triggers[0].TriggerId;
}
