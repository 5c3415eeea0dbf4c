using StreamSegmenter.Definitions;

namespace StreamSegmenter.Tests.Definitions;

public sealed class NearestNameTests
{
    private static readonly string[] Names = ["order_completed", "order_cancelled", "vip", "page_viewed"];

    [Theory]
    [InlineData("order_complete", "order_completed")]
    [InlineData("Order_Completed", "order_completed")]
    [InlineData("order_compelted", "order_completed")]
    [InlineData("order_canceld", "order_cancelled")]
    [InlineData("vpi", "vip")]
    [InlineData("pageViewed", "page_viewed")]
    public void A_name_at_most_two_edits_away_is_near(string name, string nearest) =>
        Assert.Equal(nearest, NearestName.Of(name, Names));

    [Theory]
    [InlineData("wishlist_added")]
    [InlineData("va")]
    [InlineData("")]
    public void A_name_that_is_far_from_all_has_no_nearest(string name)
    {
        Assert.Null(NearestName.Of(name, Names));
        Assert.Equal("", NearestName.Hint(name, Names));
    }

    [Fact]
    public void A_very_long_name_is_near_nothing() =>
        Assert.Null(NearestName.Of(new string('x', 10_000), [new string('x', 10_001)]));
}
