using StreamSegmenter.Tests.Segments;

namespace StreamSegmenter.Tests.Aggregates;

/// <summary>Which events a predicate behind <c>where</c> lets through.</summary>
public sealed class WhereTests
{
    private static readonly Event Boots = new()
    {
        Category = "winter shoes", Product = "boot-7", Quantity = 2, PriceMinor = 5_995,
        Properties = new Dictionary<string, object> { ["colour"] = "red", ["size"] = 42.5, ["gift"] = true },
    };

    [Theory]
    [InlineData("category = 'winter shoes'")]
    [InlineData("category != 'hats'")]
    [InlineData("CATEGORY = 'winter shoes' AND quantity = 2")]
    [InlineData("category contains 'shoe'")]
    [InlineData("category starts_with 'winter' and category ends_with 'shoes'")]
    [InlineData("category in ('hats', 'winter shoes')")]
    [InlineData("category not in ('hats', 'socks')")]
    [InlineData("'boot-6' < product_id")]
    [InlineData("quantity between 2 and 3")]
    [InlineData("quantity not between 3 and 5")]
    [InlineData("price = 59.95")]
    [InlineData("59.9 < price and price < 60")]
    [InlineData("colour = 'red' and size >= 42.5 and size < 43")]
    [InlineData("properties.colour in ('red', 'blue')")]
    [InlineData("gift")]
    [InlineData("gift = true and gift != false")]
    [InlineData("exists(colour) and exists(price) and not exists(coupon)")]
    [InlineData("not (colour = 'blue' or size > 50)")]
    [InlineData("event_type = 'view_item'")]
    [InlineData("currency = 'eur' and currency in ('EUR', 'USD')")]
    [InlineData("not (coupon = 'X')")]
    [InlineData("colour = 'it''s' or true")]
    [InlineData("event_time between '1970-01-01' and '1970-01-01' and event_time = '1970-01-01'")]
    [InlineData("event_time = '1970-01-01T00:00:01Z' and event_time <= '1970-01-01T01:00:01+01:00'")]
    [InlineData("event_time > '1969-12-31' and event_time < '1970-01-02' and exists(event_time)")]
    public void This_event_passes(string where) => Assert.True(Passes(where, Boots));

    [Theory]
    [InlineData("category = 'Winter shoes'")]
    [InlineData("quantity > 2")]
    [InlineData("price > 59.95")]
    [InlineData("size = 'red'")]
    [InlineData("colour = 3")]
    [InlineData("gift = false")]
    [InlineData("event_type = 'product_added'")]
    [InlineData("currency != 'EUR'")]
    [InlineData("event_time > '1970-01-01' or event_time != '1970-01-01' or event_time < '1970-01-01'")]
    [InlineData("colour = 'blue' or (size > 50 or false)")]
    public void This_event_does_not_pass(string where) => Assert.False(Passes(where, Boots));

    [Theory]
    [InlineData("coupon = 'X'")]
    [InlineData("coupon != 'X'")]
    [InlineData("coupon contains ''")]
    [InlineData("total >= 0")]
    [InlineData("total < 0 or total != 5")]
    [InlineData("session_id != 'a'")]
    public void A_comparison_with_a_field_that_the_event_lacks_is_false(string where) => Assert.False(Passes(where, Boots));

    [Theory]
    [InlineData("did(product_viewed where customer_id = 'x')", "'customer_id' names one customer or one event")]
    [InlineData("did(product_viewed where exists(anonymous_id))", "'anonymous_id' names one customer or one event")]
    [InlineData("distinct(any.event_id) > 3", "'event_id' names one customer or one event")]
    [InlineData("did(product_viewed where event_time > 5)", "'event_time' is compared with a date such as '2025-11-28'")]
    [InlineData("did(product_viewed where event_time > '28.11.2025')", "'event_time' is compared with a date such as '2025-11-28'")]
    [InlineData("max(product_viewed.event_time) > 3", "max does not look at event_time")]
    public void What_cannot_be_compared_is_refused(string when, string message) =>
        Assert.Contains(message, Assert.Single(TestDefinitions.ErrorsOf(when)), StringComparison.Ordinal);

    [Fact]
    public void Money_of_another_currency_is_missing()
    {
        Assert.False(Passes("price > 1", Boots with { Currency = "USD" }));
        Assert.True(Passes("currency = 'USD' and exists(price)", Boots with { Currency = "USD" }));
    }

    private static bool Passes(string where, Event e) =>
        new TestCustomer(TestDefinitions.Compile($"did(product_viewed where {where})")).Send("product_viewed", 1_000, e).IsMember;
}
