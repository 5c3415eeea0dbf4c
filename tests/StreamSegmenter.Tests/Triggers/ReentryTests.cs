using StreamSegmenter.Triggers;

namespace StreamSegmenter.Tests.Triggers;

/// <summary>When a cart that fired may fire again.</summary>
public sealed class ReentryTests
{
    [Fact]
    public void Per_new_cart_a_cart_fires_once_until_it_was_ordered() => new Shop()
        .Adds("shoe").At(0).Until(30).Fires(30)
        .Adds("hat").At(40).Awaits(0).Until(100).FiresNothing()
        .Orders().At(110).Adds("scarf").At(120).Until(150).Fires(150);

    [Fact]
    public void Per_new_cart_a_cart_with_another_id_is_new() => new Shop()
        .Adds("shoe").InCart("a").At(0).Until(30).Fires(30)
        .Adds("hat").InCart("a").At(40).Adds("hat").InCart("b").At(40).Until(100).Fires(70);

    [Fact]
    public void At_once_every_activity_arms_again() => new Shop(Shop.Rule with { Reentry = Reentry.AtOnce })
        .Adds("shoe").At(0).Until(30).Fires(30).Adds("hat").At(31).Until(61).Fires(61);

    [Fact]
    public void After_a_cooldown_activity_arms_again() =>
        new Shop(Shop.Rule with { Reentry = Reentry.AfterCooldown, CooldownMs = 60 * Shop.MinuteMs })
            .Adds("shoe").At(0).Until(30).Fires(30)
            .Adds("hat").AtMs((90 * Shop.MinuteMs) - 1).Awaits(0)
            .Adds("hat").At(90).Awaits(1).Until(120).Fires(120);

    [Fact]
    public void During_the_cooldown_no_other_cart_of_the_customer_fires() =>
        new Shop(Shop.Rule with { Reentry = Reentry.AfterCooldown, CooldownMs = 60 * Shop.MinuteMs })
            .Adds("shoe").InCart("a").At(0).Adds("hat").InCart("b").At(10).Awaits(2)
            .Until(200).Fires(30).Awaits(0);

    [Fact]
    public void Never_again_means_once_per_customer() => new Shop(Shop.Rule with { Reentry = Reentry.Never })
        .Adds("shoe").At(0).Until(30).Fires(30)
        .Orders().At(40).Adds("hat").At(50).Awaits(0).Until(500).FiresNothing();

    [Fact]
    public void Never_again_also_where_two_carts_were_armed_together() => new Shop(Shop.Rule with { Reentry = Reentry.Never })
        .Adds("shoe").InCart("a").At(0).Adds("hat").InCart("b").At(0).Adds("scarf").InCart("c").At(10).Awaits(3)
        .Until(500).Fires(30).Awaits(0);

    [Fact]
    public void What_did_not_satisfy_the_rule_has_not_fired() => new Shop(Shop.Rule with { ItemsMin = 2 })
        .Adds("shoe").At(0).Until(40).FiresNothing().Awaits(0)
        .Adds("hat").At(50).Until(80).Fires(80);

    [Fact]
    public void A_late_event_does_not_fire_again_what_has_fired() => new Shop(Shop.Rule with { Reentry = Reentry.AtOnce })
        .Adds("shoe").At(5).Until(35).Fires(35)
        .Adds("hat").At(5).Adds("scarf").At(3).Awaits(0).Until(200).FiresNothing();

    [Fact]
    public void A_late_event_from_before_the_firing_retracts_it_and_counts_the_deadline_anew()
    {
        var shop = new Shop(Shop.Rule with { Reentry = Reentry.AtOnce }).Adds("shoe").At(5).Until(35).Fires(35).Adds("hat").At(20).Awaits(1);
        Assert.Equal((TriggerKind.Retracted, null), (shop.Last.Kind, shop.Last.OrderedAtMs));

        shop.Fires(35).Until(200).Fires(50);
        Assert.Equal(["hat", "shoe"], shop.Last.Lines.Select(line => line.ProductId).Order());
    }

    [Fact]
    public void A_late_event_counts_the_deadline_from_the_last_activity()
    {
        var shop = new Shop(Shop.Rule with { ItemsMin = 2 })
            .Adds("shoe").At(10).Until(40).FiresNothing().Adds("hat").At(8).Until(41).Fires(40);

        Assert.Equal(8 * Shop.MinuteMs, shop.Last.CartCreatedAtMs);
        Assert.Equal(10 * Shop.MinuteMs, shop.Last.LastActivityAtMs);
    }
}
