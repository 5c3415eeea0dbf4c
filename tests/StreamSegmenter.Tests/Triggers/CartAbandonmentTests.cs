using StreamSegmenter.Triggers;

namespace StreamSegmenter.Tests.Triggers;

/// <summary>The rules of cart abandonment as stories. The deadline is 30 minutes after the last activity.</summary>
public sealed class CartAbandonmentTests
{
    [Fact]
    public void A_cart_without_activity_fires_at_the_deadline_and_not_a_millisecond_before() => new Shop()
        .Adds("shoe").At(0).Awaits(1)
        .UntilMs((30 * Shop.MinuteMs) - 1).FiresNothing()
        .Until(30).Fires(30).Awaits(0);

    [Fact]
    public void Activity_in_the_cart_moves_the_deadline() => new Shop()
        .Adds("shoe").At(0).Adds("hat").At(20).Removes("hat").At(25).SetsQuantity("shoe", 2).At(30).ChecksOut().At(40).FailsToPay().At(50)
        .Until(79).FiresNothing().Until(90).Fires(80);

    [Fact]
    public void Looking_at_products_does_not_move_the_deadline() => new Shop()
        .Adds("shoe").At(0).Views().At(20).Until(60).Fires(30);

    [Fact]
    public void A_view_opens_no_cart() => new Shop().Views().At(0).Awaits(0).Until(100).FiresNothing();

    [Fact]
    public void A_checkout_opens_a_cart() => new Shop().ChecksOut().At(0).Awaits(1).Until(100).Fires(30);

    [Fact]
    public void Looking_moves_a_pending_deadline_if_the_rule_lists_it() => new Shop(Shop.Rule with { RearmOn = [Events.EventTypes.ProductViewed] })
        .Adds("shoe").At(0).Views().At(20).Until(49).FiresNothing().Until(50).Fires(50)
        .Views().At(60).Awaits(0).Until(200).FiresNothing();

    [Fact]
    public void Looking_in_one_cart_moves_the_deadline_of_that_cart_alone() => new Shop(Shop.Rule with { RearmOnAny = true })
        .Adds("shoe").InCart("a").At(0).Adds("hat").InCart("b").At(0).Views().InCart("b").At(20)
        .Until(100).Fires(30, 50);

    [Fact]
    public void An_order_before_the_deadline_disarms_it() => new Shop()
        .Adds("shoe").At(0).Orders().AtMs((30 * Shop.MinuteMs) - 1).Awaits(0).Until(100).FiresNothing();

    [Fact]
    public void At_an_order_exactly_at_the_deadline_the_deadline_comes_first() => new Shop()
        .Adds("shoe").At(0).Orders().At(30).Fires(30).Awaits(0);

    [Fact]
    public void An_order_one_millisecond_after_the_deadline_comes_too_late() => new Shop()
        .Adds("shoe").At(0).Orders().AtMs((30 * Shop.MinuteMs) + 1).Fires(30);

    [Fact]
    public void Activity_exactly_at_the_deadline_comes_after_it() => new Shop(Shop.Rule with { Reentry = Reentry.AtOnce })
        .Adds("shoe").At(0).Adds("hat").At(30).Fires(30).Until(60).Fires(60);

    [Fact]
    public void An_emptied_cart_disarms_and_the_next_one_is_new() => new Shop()
        .Adds("shoe", quantity: 2).At(0).Removes("shoe", 1).At(5).Awaits(1).Removes("shoe", 1).At(10).Awaits(0)
        .Until(100).FiresNothing()
        .Adds("hat").At(110).Until(140).Fires(140);

    [Fact]
    public void A_quantity_of_zero_empties_too() => new Shop()
        .Adds("shoe").At(0).SetsQuantity("shoe", 0).At(5).Awaits(0).Until(100).FiresNothing();

    [Fact]
    public void Removing_what_is_not_in_the_cart_is_activity() => new Shop()
        .Adds("shoe").At(0).Removes("hat").At(10).Until(100).Fires(40);

    [Fact]
    public void Two_carts_have_deadlines_of_their_own() => new Shop()
        .Adds("shoe").InCart("a").At(0).Adds("hat").InCart("b").At(10).Awaits(2)
        .Until(30).Fires(30).Until(40).Fires(40);

    [Fact]
    public void An_order_takes_the_cart_that_it_names() => new Shop()
        .Adds("shoe").InCart("a").At(0).Adds("hat").InCart("b").At(0).Orders().InCart("a").At(10).Awaits(1)
        .Until(100).Fires(30);

    [Fact]
    public void An_order_that_names_no_cart_takes_all_of_them() => new Shop()
        .Adds("shoe").InCart("a").At(0).Adds("hat").At(0).Orders().At(10).Awaits(0).Until(100).FiresNothing();

    [Fact]
    public void An_order_that_names_an_unknown_cart_takes_the_implicit_one() => new Shop()
        .Adds("shoe").At(0).Orders().InCart("a").At(10).Awaits(0).Until(100).FiresNothing();

    [Fact]
    public void An_order_that_names_an_unknown_cart_leaves_the_named_ones() => new Shop()
        .Adds("shoe").InCart("a").At(0).Orders().InCart("b").At(10).Awaits(1).Until(100).Fires(30);

    [Fact]
    public void A_refund_or_a_cancelled_order_resurrects_nothing() => new Shop()
        .Adds("shoe").At(0).Orders().At(10).CancelsOrder().At(20).IsRefunded().At(25).Awaits(0).Until(100).FiresNothing();

    [Fact]
    public void A_failed_payment_without_a_cart_opens_none() => new Shop().FailsToPay().At(0).Awaits(0).Until(100).FiresNothing();

    [Fact]
    public void A_late_order_leaves_what_came_after_it_armed()
    {
        var shop = new Shop().Adds("shoe").At(0).Adds("hat").At(20).Orders().At(10).Awaits(1).Until(100).Fires(50);

        Assert.Equal(["hat"], shop.Last.Lines.Select(line => line.ProductId));
        Assert.Equal(20 * Shop.MinuteMs, shop.Last.CartCreatedAtMs);
    }

    [Fact]
    public void A_late_order_of_everything_disarms() => new Shop()
        .Adds("shoe").At(0).Adds("hat").At(9).ChecksOut().At(10.5).Orders().At(10).Awaits(0).Until(100).FiresNothing();

    [Fact]
    public void A_late_add_from_before_the_order_opens_no_cart() => new Shop()
        .Adds("shoe").At(0).Orders().At(10).Adds("hat").At(9).Awaits(0).Until(100).FiresNothing();

    [Fact]
    public void A_first_cart_before_1970_is_a_cart_too() => new Shop().Adds("shoe").At(-100).Awaits(1).Until(0).Fires(-70);

    [Fact]
    public void A_cart_is_forgotten_when_its_horizon_has_passed()
    {
        var shop = new Shop(horizonMinutes: 100).Adds("shoe").At(0).Until(99).Fires(30);
        Assert.Single(shop.View.Carts);

        shop.Until(100).FiresNothing();
        Assert.Empty(shop.View.Carts);
        Assert.Equal(long.MaxValue, shop.Header.NextDueMs);
    }

    [Fact]
    public void A_forgotten_cart_takes_its_pending_deadline_along() => new Shop(Shop.Rule with { RearmOnAny = true }, horizonMinutes: 40)
        .Adds("shoe").At(0).Views().At(20).Awaits(1).Until(100).Awaits(0).FiresNothing();

    [Fact]
    public void Of_too_many_carts_the_one_longest_untouched_gives_way()
    {
        var shop = new Shop();
        for (var cart = 0; cart < 33; cart++)
        {
            shop.Adds("shoe").InCart("cart-" + cart).AtMs(cart);
        }

        shop.Awaits(32);
        Assert.DoesNotContain(shop.View.Carts, cart => cart.CartId == "cart-0");
    }

    [Fact]
    public void However_much_is_added_the_customers_state_stays_below_a_page_of_the_store()
    {
        var shop = new Shop();
        var long60K = new string('p', 60_000);
        for (var i = 0; i < 32 * 40; i++)
        {
            shop.Adds((i % 50 == 0 ? long60K : new string('p', 700)) + i).InCart("cart-" + (i % 32)).AtMs(i);
        }

        Assert.InRange(shop.RecordBytes, 100_000, 600_000);
        shop.Until(1000);
        Assert.Equal(32, shop.Triggers.Count);
    }
}
