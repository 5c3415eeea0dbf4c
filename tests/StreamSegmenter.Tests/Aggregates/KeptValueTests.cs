using StreamSegmenter.Segments;
using StreamSegmenter.Tests.Segments;

namespace StreamSegmenter.Tests.Aggregates;

/// <summary>What <c>first</c>, <c>last</c> and <c>distinct</c> keep.</summary>
public sealed class KeptValueTests
{
    [Theory]
    [InlineData("last(identify.country) = 'DE'", true)]
    [InlineData("last(identify.country) != 'DE'", false)]
    [InlineData("last(identify.country) in ('AT', 'DE')", true)]
    [InlineData("first(identify.country) = 'AT'", true)]
    [InlineData("last(identify.country) starts_with 'D' and last(identify.country) ends_with 'E'", true)]
    [InlineData("not (last(identify.country) contains 'A')", true)]
    [InlineData("last(identify.age) >= 17.5 and first(identify.age) < last(identify.age)", true)]
    [InlineData("last(identify.marketing) = true", true)]
    [InlineData("first(identify.marketing) = true", false)]
    [InlineData("last(identify.unknown) != 'x' or last(identify.unknown) != 1 or last(identify.unknown) != true", false)]
    [InlineData("last(identify.country) = 1 or last(identify.age) = '18'", false)]
    public void The_value_of_the_latest_and_of_the_earliest_event_are_known(string when, bool member)
    {
        var customer = new TestCustomer(TestDefinitions.Compile(when));
        customer.Send("identify", 2_000, Profile("FR", 3, false)).Send("identify", 3_000, Profile("DE", 18, true));
        customer.Send("identify", 1_000, Profile("AT", 2, false)).Send("identify", 4_000);
        Assert.Equal(member, customer.IsMember);
    }

    [Fact]
    public void A_window_makes_last_forget_at_the_very_millisecond()
    {
        var customer = new TestCustomer(TestDefinitions.Compile("last(identify.country, 10s) = 'DE'"));
        customer.Send("identify", 2_000, Profile("DE", 1, true));
        Assert.Equal(12_000, customer.DueMs);
        Assert.True(customer.IsMemberAt(11_999));
        Assert.False(customer.IsMemberAt(12_000));
        Assert.Equal(["DE", ""], customer.Changes.Select(change => change.Traits[0].Value));
    }

    [Fact]
    public void A_long_text_is_kept_up_to_its_bound_and_never_cut_inside_a_character()
    {
        var program = TestDefinitions.Compile("last(identify.country) starts_with 'x'");
        var customer = new TestCustomer(program).Send("identify", 1_000, Profile("x" + new string('é', 200), 1, true));
        Assert.Equal("x" + new string('é', 127), customer.Changes.Single().Traits[0].Value);
    }

    [Fact]
    public void Different_values_are_counted_once_each_whatever_their_type()
    {
        var customer = new TestCustomer(TestDefinitions.Compile(
            ("texts", "distinct(product_viewed.category) = 2"), ("mixed", "distinct(product_viewed.size) = 3"),
            ("types", "distinct(any.event_type) = 2")));
        object[] sizes = [38, "38", 38.0, true];
        foreach (var (size, i) in sizes.Select((size, i) => (size, i)))
        {
            var properties = new Dictionary<string, object> { ["size"] = size };
            customer.Send("product_viewed", 1_000 + i, new Event { Category = i < 2 ? "a" : "b", Properties = properties });
        }

        customer.Send("page_viewed", 2_000);
        Assert.True(customer.IsIn("texts") && customer.IsIn("mixed") && customer.IsIn("types"));
    }

    [Fact]
    public void A_value_that_is_seen_again_stays_longer()
    {
        var customer = new TestCustomer(TestDefinitions.Compile("distinct(product_viewed.category, 1h, pane: 1m) >= 2"));
        foreach (var (category, minute) in new[] { ("a", 1), ("b", 2), ("a", 3) })
        {
            customer.Send("product_viewed", minute * 60_000, new Event { Category = category });
        }

        Assert.Equal(62 * 60_000, customer.DueMs);
    }

    [Fact]
    public void Beyond_the_bound_the_latest_values_are_kept_and_the_record_grows_no_more()
    {
        var customer = new TestCustomer(TestDefinitions.Compile("distinct(product_viewed.product_id, 1h, pane: 1m) >= 999"));
        for (var i = 1; i <= 1_500; i++)
        {
            customer.Send("product_viewed", i * 1_000, new Event { Product = "p" + i });
        }

        Assert.InRange(customer.Record.Bytes.Length, 16_000, 16_600);
        Assert.Equal([MembershipKind.Entered], customer.Changes.Select(change => change.Kind));

        // Values 501 to 1500 are kept; the pane that ends in minute 9 has 40 of them.
        Assert.Equal((9 * 60_000) + 3_600_000, customer.DueMs);
    }

    private static Event Profile(string country, int age, bool marketing) => new()
    {
        Properties = new Dictionary<string, object> { ["country"] = country, ["age"] = age, ["marketing"] = marketing },
    };
}
