using System.Collections.Immutable;
using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Events;

namespace StreamSegmenter.Tests.Codecs.Mapping;

public sealed class InputMappingTests
{
    [Fact]
    public void All_mistakes_are_told_at_once_and_with_the_nearest_name()
    {
        var mapping = Decoded.Map(
            ("custmer_id", "u"), ("brand", "b"), ("cart_id", "items[].id"), ("order_id", "$0"), ("session_id", "^.session"),
            ("event_time", "ts"), ("properties.", "x"), ("quantity", "")) with
        {
            Currency = "EURO",
            TimestampFrom = TimestampSource.Record,
            EventTypes = ImmutableDictionary<string, string>.Empty.Add("pv", " "),
        };

        Assert.Equal(
            [
                "fields.brand: unknown field 'brand'; other data goes to properties.brand",
                "fields.cart_id: '[]' selects no element of a list: write its place from [0] to [9999], or [key=VALUE]; for all elements there are "
                    + "'items' and 'unfold', and a name with brackets is written in quotes",
                "fields.custmer_id: unknown field 'custmer_id'. Did you mean 'customer_id'? Other data goes to properties.custmer_id",
                "fields.order_id: '$0' is not a column; columns count from $1 to $4096",
                "fields.properties.: a property's name has 1 to 255 bytes",
                "fields.quantity: is empty; write a column's name, a dotted path, $COLUMN or =VALUE",
                "fields.session_id: '^.session' means the record around an unfolded array, but there is no 'unfold'",
                "eventTypes.pv: names no event type; write one such as product_viewed",
                "currency: 'EURO' is not a three-letter ISO 4217 code such as EUR",
                "timestampFrom: the time comes from the record or from fields.event_time, not both",
            ],
            mapping.Check().Select(error => $"{error.Path}: {error.Message}"));
    }

    [Fact]
    public void A_source_that_the_records_cannot_have_is_a_mistake()
    {
        Assert.Single(Decoded.Map(("customer_id", "$1")).Check(RecordShape.Tree));
        Assert.Single(new InputMapping { Unfold = "events" }.Check(RecordShape.Table));
        Assert.Empty(Decoded.Map(("customer_id", "$1")).Check(RecordShape.Table));
    }

    [Fact]
    public void A_constant_is_part_of_every_event()
    {
        var mapping = Decoded.Map(("event_type", "=order_completed"), ("properties.channel", "=web"));

        var decoded = Decoded.Json("""{"event_type":"ignored","event_time":1,"customer_id":"c"}""", mapping);

        Assert.Equal(EventTypes.OrderCompleted, decoded.Only.Type);
        Assert.Equal("channel=text:web event_type=text:ignored", decoded.Properties());
    }

    [Fact]
    public void A_mapped_field_is_read_from_its_source_alone()
    {
        var decoded = Decoded.Json(
            """{"event_type":"x","event_time":1,"customer_id":"shop","payload":{"user":{"id":"u"}}}""",
            Decoded.Map(("customer_id", "payload.user.id")));

        Assert.Equal("u", decoded.Text(e => e.CustomerId));
        Assert.Equal("customer_id=text:shop", decoded.Properties());
    }

    [Fact]
    public void A_name_that_the_mapping_reads_loses_its_default_meaning()
    {
        var decoded = Decoded.Json("""{"type":"web","name":"x","event_time":1,"customer_id":"c"}""", Decoded.Map(("event_type", "name"), ("properties.channel", "type")));

        Assert.Equal("x", EventTypes.NameOf(decoded.Only.Type));
        Assert.Equal("channel=text:web", decoded.Properties());
    }

    [Fact]
    public void Foreign_event_names_become_types_and_others_go_by_their_alias()
    {
        var mapping = InputMapping.Default with { EventTypes = ImmutableDictionary<string, string>.Empty.Add("pv", "product_viewed") };

        Assert.Equal(EventTypes.ProductViewed, Decoded.Json("""{"event_type":"pv","event_time":1,"customer_id":"c"}""", mapping).Only.Type);
        Assert.Equal(EventTypes.ProductAdded, Decoded.Json("""{"event_type":"add_to_cart","event_time":1,"customer_id":"c"}""", mapping).Only.Type);
    }

    [Fact]
    public void The_default_currency_serves_prices_without_one()
    {
        var e = Decoded.Json("""{"event_type":"x","event_time":1,"customer_id":"c","price":1.2345}""", new InputMapping { Currency = "kwd" }).Only;

        Assert.Equal((1234, "KWD"), (e.PriceMinor, e.Currency.ToString()));
    }
}
