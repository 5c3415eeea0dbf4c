using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Events;

namespace StreamSegmenter.Tests.Codecs.Mapping;

public sealed class ItemsTests
{
    private const string Head = """{"event_type":"order_completed","event_time":1,"customer_id":"c",""";

    [Theory]
    [InlineData("""{"type":"track","event":"Order Completed","timestamp":1,"userId":"c","properties":{"products":[{"product_id":"p","price":19.99,"quantity":2},{"sku":"q","price":"30.00"}],"currency":"EUR"}}""")]
    [InlineData(Head + """ "items":[{"item_id":"p","price":"19.99","quantity":"2","item_name":"Chair"},{"item_id":"q","price":30,"quantity":null}],"currency":"EUR"}""")]
    [InlineData(Head + """ "line_items":[{"id":1,"product_id":"p","price":"19.99","quantity":2},{"product_id":"q","price":"30.00"}],"currency":"EUR"}""")]
    public void Common_names_of_items_are_understood_without_a_mapping(string json) =>
        Assert.Equal("p x2 1999, q x? 3000", Lines(Decoded.Json(json)));

    [Fact]
    public void The_total_counts_once_and_the_items_are_lines()
    {
        var decoded = Decoded.Json(Head + """ "total":"69.98","items":[{"id":"p","price":"10"},{"id":"q","price":"20","quantity":3}]}""");

        Assert.Equal(1, decoded.Count);
        Assert.Equal((6998, "p x? 1000, q x3 2000"), (decoded.Only.TotalMinor, Lines(decoded)));
    }

    [Theory]
    [InlineData(Head + """ "items":[]}""", true)]
    [InlineData(Head + """ "items":null}""", false)]
    [InlineData(Head + """ "x":1}""", false)]
    public void An_empty_or_absent_list_is_still_the_event(string json, bool isPresent)
    {
        var decoded = Decoded.Json(json);

        Assert.Equal(isPresent, decoded.Only.Has(EventFields.Items));
        Assert.True(decoded.Only.Lines.IsEmpty);
    }

    [Fact]
    public void A_mapping_names_the_list_of_items_and_their_fields()
    {
        var mapping = new InputMapping
        {
            Items = new ItemsMapping
            {
                From = ["order.rows", "order.lines"],
                Fields = ImmutableDictionary<string, FieldMapping>.Empty.Add("product_id", "article.no").Add("amount", "sum"),
            },
        };

        Assert.Equal(
            "7 x3 1000, 8 x? 500",
            Lines(Decoded.Json(Head + """ "order":{"lines":[{"article":{"no":7},"sum":"30","qty":3},{"article":{"no":8},"sum":5}]},"items":[1]}""", mapping)));
    }

    [Fact]
    public void A_bad_item_is_reported_and_the_others_are_taken()
    {
        var decoded = Decoded.Json(
            Head + """ "currency":"EUR","items":[{"id":"p","price":"free","quantity":1.5},{"id":"q","price":2,"currency":"USD"},{"id":"r","price":3},{}]}""");

        Assert.Equal("p x? ?, q x? ?, r x? 300", Lines(decoded));
        Assert.Contains("item 1: quantity '1.5'", decoded.Outcome.Reason, StringComparison.Ordinal);
        Assert.Contains("item 1: price 'free'", decoded.Outcome.Reason, StringComparison.Ordinal);
        Assert.Contains("item 2: its price is in USD", decoded.Outcome.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void What_else_an_item_has_is_a_property_with_a_value_for_each() => Assert.Equal(
        "items.brand=text:Acme items.brand=text:Best items.tags=text:new",
        Decoded.Json(Head + """ "items":[{"id":"p","brand":"Acme"},{"id":"q","brand":"Best","tags":["new"]}]}""").Properties());

    [Fact]
    public void Events_that_share_the_id_of_their_record_are_told_apart()
    {
        var mapping = Decoded.Map(("event_id", "^.id"), ("customer_id", "^.c"), ("event_type", "=x"), ("event_time", "^.t")) with { Unfold = "rows" };

        var decoded = Decoded.Json("""{"id":"m","c":"c","t":1,"rows":[{"product_id":"p"},{"product_id":"q"}]}""", mapping);

        Assert.All(decoded.Batch.Events.ToArray(), e => Assert.True(e.Has(EventFields.SharedId)));
    }

    [Fact]
    public void One_element_that_is_no_event_does_not_cost_the_others()
    {
        var decoded = Decoded.Json(
            """{"c":"c","rows":[{"event_type":"x","event_time":1},{"event_type":"x"},7]}""", Decoded.Map(("customer_id", "^.c")) with { Unfold = "rows" });

        Assert.Equal(1, decoded.Count);
        Assert.StartsWith("element 2 of 'rows': event_time is missing", decoded.Outcome.Reason, StringComparison.Ordinal);
        Assert.Contains("element 3 of 'rows': it is a number", decoded.Outcome.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(',', "1.299,50", 129950)]
    [InlineData(',', "1 299,5", 129950)]
    [InlineData(',', "12,5", 1250)]
    [InlineData(',', "1.299", 129900)]
    [InlineData('.', "1,299.50", 129950)]
    [InlineData(',', "12.5", null)]
    [InlineData('.', "12,5", null)]
    [InlineData(',', "1.2.99,00", null)]
    public void A_decimal_mark_is_the_mappings(char mark, string total, int? expected)
    {
        var e = Decoded.Json(Head + $$""" "total":"{{total}}"}""", new InputMapping { DecimalMark = mark }).Only;

        Assert.Equal(expected, e.Has(EventFields.Total) ? (int)e.TotalMinor : null);
    }

    [Fact]
    public void Local_times_are_those_of_the_mappings_zone()
    {
        var mapping = new InputMapping { TimeZone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin") };
        string At(string time) => DateTimeOffset.FromUnixTimeMilliseconds(
            Decoded.Json($$"""{"event_type":"x","customer_id":"c","event_time":"{{time}}"}""", mapping).Only.EventTimeMs).ToString("HH:mm", CultureInfo.InvariantCulture);

        Assert.Equal(["08:00", "09:00", "10:00", "00:30", "01:30"],
            [At("2026-07-01 10:00"), At("2026-01-01 10:00"), At("2026-07-01T10:00Z"), At("2026-10-25 02:30"), At("2026-03-29 02:30")]);
    }

    private static string Lines(Decoded decoded)
    {
        var text = new StringBuilder();
        var lines = decoded.Batch.Lines(in decoded.Batch[0]);
        while (lines.Read())
        {
            text.Append(CultureInfo.InvariantCulture, $"{(text.Length > 0 ? ", " : "")}{Encoding.UTF8.GetString(lines.ProductId)} x{lines.Quantity?.ToString(CultureInfo.InvariantCulture) ?? "?"} {lines.PriceMinor?.ToString(CultureInfo.InvariantCulture) ?? "?"}");
        }

        return text.ToString();
    }
}
