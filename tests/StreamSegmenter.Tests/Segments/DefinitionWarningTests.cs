using StreamSegmenter.Segments;

namespace StreamSegmenter.Tests.Segments;

/// <summary>What is valid and probably not meant. The definition begins at line 10, column 11.</summary>
public sealed class DefinitionWarningTests
{
    [Theory]
    [InlineData("did(purchased, 30d)", "10:15: 'purchased' is not a well-known event, and no input's mapping names it. If your shop sends it, nothing is "
        + "wrong; for orders, carts and the like the name is 'order_completed'")]
    [InlineData("did(wishlist_shared)", "10:15: 'wishlist_shared' is not a well-known event, and no input's mapping names it. If your shop sends it, "
        + "nothing is wrong")]
    [InlineData("first_time(order_completed)", "10:11: first_time without a window holds for everyone who ever did it; write "
        + "first_time(order_completed, 30d), or did(…)")]
    [InlineData("count(page_viewed) > 3 and count(page_viewed) < 2", "10:11: the condition of 's' can never hold: no value of count(page_viewed) is all that is "
        + "asked of it")]
    [InlineData("count(page_viewed) between 5 and 2", "10:11: the condition of 's' can never hold: no value of count(page_viewed) is all that is asked of it")]
    [InlineData("count(page_viewed, 7d) < 0", "10:11: the condition of 's' can never hold: no value of count(page_viewed, 7d, pane: 3h) is all that is asked of it")]
    [InlineData("count(page_viewed) >= 0", "10:11: the condition of 's' always holds: every value of count(page_viewed) is what is asked of it")]
    [InlineData("did(page_viewed, 7d) and not did(page_viewed, 30d)", "10:11: the condition of 's' can never hold: no value of did(page_viewed, 7d) is all that is asked of it")]
    [InlineData("since_last(page_viewed, 10d) > 20d", "10:11: the condition of 's' can never hold: no value of since_last(page_viewed, 10d) is all that is asked of it")]
    [InlineData("hour >= 20 and hour < 8", "10:11: the condition of 's' can never hold")]
    [InlineData("(count(any) > 1 and did(any)) and not (count(any) > 0)", "10:11: the condition of 's' can never hold: no value of count(any) is all that is asked of it")]
    public void A_definition_that_is_probably_not_meant_is_a_warning(string when, string warning) =>
        Assert.Equal(["segments.yaml:" + warning], WarningsOf(when));

    [Theory]
    [InlineData("count(page_viewed) > 3 or count(page_viewed) < 2")]
    [InlineData("count(page_viewed, 7d) > 3 and count(page_viewed, 30d) < 2")]
    [InlineData("avg(order_completed.quantity) > 1 and avg(order_completed.quantity) < 2")]
    [InlineData("not did(page_viewed, 7d) and did(page_viewed, 30d)")]
    [InlineData("not (since_last(page_viewed, 10d) > 5d) and not (since_last(page_viewed, 10d) <= 5d)")]
    [InlineData("not (min(page_viewed.quantity) > 5) and not (min(page_viewed.quantity) <= 5)")]
    [InlineData("hour >= 20 or hour < 8")]
    [InlineData("true")]
    public void A_definition_that_may_be_meant_is_none(string when) => Assert.Empty(WarningsOf(when));

    [Fact]
    public void A_segment_that_depends_on_an_empty_one_is_empty() => Assert.Equal(
        ["segments.yaml:20:11: the condition of 't' can never hold"],
        WarningsOf(("s", "false"), ("t", "did(page_viewed) and in_segment(s)")));

    private static IReadOnlyList<string> WarningsOf(string when) => WarningsOf(("s", when));

    private static IReadOnlyList<string> WarningsOf(params (string Id, string When)[] segments)
    {
        var errors = new List<DefinitionError>();
        var warnings = new List<DefinitionError>();
        Assert.NotNull(TestDefinitions.Of(TestDefinitions.Euro, segments).CompileSegments([], errors, warnings));
        Assert.Empty(errors);
        return [.. warnings.Select(warning => warning.ToString())];
    }
}
