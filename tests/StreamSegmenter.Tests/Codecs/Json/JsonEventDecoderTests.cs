using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Events;

namespace StreamSegmenter.Tests.Codecs.Json;

public sealed class JsonEventDecoderTests
{
    private const string Added =
        """
        {"event_id":"e1","event_type":"product_added","event_time":1659304800025,"customer_id":"c-1","anonymous_id":"a-1",
         "session_id":"s","cart_id":"k","product_id":"p","category":"shoes","quantity":2,"price":"35.79","currency":"EUR",
         "colour":"red","size":42.5,"gift":true}
        """;

    [Fact]
    public void An_event_under_the_canonical_names_is_read_without_a_mapping()
    {
        var decoded = Decoded.Json(Added);

        var e = decoded.Only;
        Assert.Equal(EventTypes.ProductAdded, e.Type);
        Assert.Equal(1659304800025, e.EventTimeMs);
        Assert.Equal(2, e.Quantity);
        Assert.Equal(3579, e.PriceMinor);
        Assert.Equal("EUR", e.Currency.ToString());
        Assert.Equal(EventFields.EventTime | EventFields.Quantity | EventFields.Price, e.Fields);
        Assert.Equal("c-1", decoded.Text(x => x.CustomerId));
        Assert.Equal("a-1", decoded.Text(x => x.AnonymousId));
        Assert.Equal("e1", decoded.Text(x => x.EventId));
        Assert.Equal("s", decoded.Text(x => x.SessionId));
        Assert.Equal("k", decoded.Text(x => x.CartId));
        Assert.Equal("p", decoded.Text(x => x.ProductId));
        Assert.Equal("shoes", decoded.Text(x => x.Category));
        Assert.Equal("colour=text:red size=number:42.5 gift=boolean:true", decoded.Properties());
    }

    [Fact]
    public void An_event_carries_the_place_of_its_record()
    {
        var e = Decoded.Json(Added).Only;

        Assert.Equal((3, 2, 17L, 0), ((int)e.Input, e.Partition, e.Offset, e.IndexInRecord));
    }

    [Theory]
    [InlineData("""{"eventType":"x","eventTime":1,"customerId":"c"}""")]
    [InlineData("""{"type":"x","timestamp":1,"user_id":"c"}""")]
    [InlineData("""{"event":"x","timestamp":1,"userId":"c"}""")]
    public void Camel_case_and_common_synonyms_are_understood(string json)
    {
        var decoded = Decoded.Json(json);

        Assert.Equal("x", EventTypes.NameOf(decoded.Only.Type));
        Assert.Equal("c", decoded.Text(e => e.CustomerId));
        Assert.Equal("", decoded.Properties());
    }

    [Fact]
    public void An_event_as_Segment_tracks_it_fills_our_fields_from_its_properties()
    {
        var decoded = Decoded.Json(
            """
            {"type":"track","event":"Order Completed","messageId":"m-1","anonymousId":"a","userId":null,
             "timestamp":"2022-08-01T10:00:00.000Z","context":{"device":{"type":"phone"},"ip":"8.8.8.8"},
             "properties":{"order_id":"o-1","revenue":"99.90","currency":"EUR","coupon":"summer",
                           "products":[{"product_id":"p1"},{"product_id":"p2"}]}}
            """);

        var e = decoded.Only;
        Assert.Equal(EventTypes.OrderCompleted, e.Type);
        Assert.Equal(9990, e.TotalMinor);
        Assert.Equal("o-1", decoded.Text(x => x.OrderId));
        Assert.Equal("a", decoded.Text(x => x.CustomerKey));
        Assert.Equal("m-1", decoded.Text(x => x.EventId));
        Assert.Equal("type=text:track context.device.type=text:phone context.ip=text:8.8.8.8 coupon=text:summer", decoded.Properties());
    }

    [Fact]
    public void A_better_name_wins_in_any_place_and_the_other_stays_a_property()
    {
        const string Head = """{"event_type":"x","event_time":1,""";

        foreach (var json in new[] { Head + """ "customer_id":"c","user_id":"u"}""", Head + """ "user_id":"u","customer_id":"c"}""" })
        {
            var decoded = Decoded.Json(json);

            Assert.Equal("c", decoded.Text(e => e.CustomerId));
            Assert.Equal("user_id=text:u", decoded.Properties());
        }
    }

    [Fact]
    public void A_currency_may_stand_behind_its_price()
    {
        var e = Decoded.Json("""{"event_type":"x","event_time":1,"customer_id":"c","price":1500,"total":12.345,"currency":"JPY"}""").Only;

        Assert.Equal(1500, e.PriceMinor);
        Assert.Equal(12, e.TotalMinor);
    }

    [Fact]
    public void Money_in_minor_units_wins_over_the_decimal()
    {
        var e = Decoded.Json("""{"event_type":"x","event_time":1,"customer_id":"c","price":1.99,"price_minor":205,"totalMinor":410}""").Only;

        Assert.Equal(205, e.PriceMinor);
        Assert.Equal(410, e.TotalMinor);
    }

    [Fact]
    public void Escapes_are_undone_in_names_and_texts()
    {
        var decoded = Decoded.Json("""{"event\u005ftype":"x","event_time":1,"customer_id":"J\u00fcrgen \"J\"\ud83d\ude00","n\n":"a\\b"}""");

        Assert.Equal("Jürgen \"J\"😀", decoded.Text(e => e.CustomerId));
        Assert.Equal("n\n=text:a\\b", decoded.Properties());
    }

    [Fact]
    public void A_number_is_taken_for_a_text_field_as_it_is_written()
    {
        var decoded = Decoded.Json("""{"event_type":7,"event_time":1,"customer_id":900719925474099312345}""");

        Assert.Equal("900719925474099312345", decoded.Text(e => e.CustomerId));
    }

    [Fact]
    public void Nulls_and_empty_texts_are_absent()
    {
        var decoded = Decoded.Json("""{"event_type":"x","event_time":1,"customer_id":"","anonymous_id":"a","cart_id":null,"price":null}""");

        Assert.Equal("a", decoded.Text(e => e.CustomerKey));
        Assert.True(decoded.Only.CartId.IsEmpty);
        Assert.False(decoded.Only.Has(EventFields.Price));
    }

    [Fact]
    public void An_array_of_events_is_unfolded_and_the_fields_around_it_may_come_later()
    {
        var mapping = Decoded.Map(("customer_id", "^.session"), ("product_id", "aid"), ("event_time", "ts")) with
        {
            Unfold = "events",
            EventTypes = InputMapping.Default.EventTypes.Add("carts", "product_added"),
        };

        var decoded = Decoded.Json("""{"events":[{"aid":1,"ts":10,"type":"clicks"},{"aid":2,"ts":20,"type":"carts"}],"session":5}""", mapping);

        Assert.Equal(2, decoded.Count);
        Assert.Equal(("5", "1"), (decoded.Text(e => e.CustomerId), decoded.Text(e => e.ProductId)));
        Assert.Equal(("5", "2"), (decoded.Text(e => e.CustomerId, 1), decoded.Text(e => e.ProductId, 1)));
        Assert.Equal(EventTypes.ProductAdded, decoded[1].Type);
        Assert.Equal(1, decoded[1].IndexInRecord);
    }

    [Fact]
    public void Time_and_customer_may_come_from_the_record_itself()
    {
        var mapping = new InputMapping { TimestampFrom = TimestampSource.Record, CustomerFrom = CustomerSource.Key };

        var decoded = Decoded.Json("""{"event_type":"x","user_id":"u"}""", mapping, timestampMs: 123, key: "k");

        Assert.Equal(123, decoded.Only.EventTimeMs);
        Assert.Equal("k", decoded.Text(e => e.CustomerId));
        Assert.Equal("user_id=text:u", decoded.Properties());
    }

    [Fact]
    public void The_prefix_of_a_schema_id_is_passed_over()
    {
        byte[] record = [0, 0, 0, 1, 255, .. """{"event_type":"x","event_time":1,"customer_id":"c"}"""u8];

        Assert.Equal(DecodeStatus.Decoded, Decoded.Json(record).Outcome.Status);
    }

    [Theory]
    [InlineData("", "the record is empty; expected a JSON object")]
    [InlineData("[1]", "the record is an array; expected a JSON object")]
    [InlineData("null", "the record is null; expected a JSON object")]
    [InlineData("""{"event_type":"x","event_time":"abc","customer_id":"c"}""", "event_time 'abc' is not a time")]
    [InlineData("""{"event_type":"x","event_time":-1,"customer_id":"c"}""", "event_time '-1' is not a time")]
    [InlineData("""{"event_type":"x","customer_id":"c"}""", "event_time is missing")]
    [InlineData("""{"event_time":1,"customer_id":"c"}""", "event_type is missing")]
    [InlineData("""{"event_type":"x","event_time":1}""", "neither customer_id nor anonymous_id is there")]
    [InlineData("""{"event_type":"x","event_time":1,"customer_id":"\ud800"}""", "neither customer_id nor anonymous_id is there; name the source of one of them in the mapping (the text of 'customer_id' has an escape that is no character")]
    [InlineData("""{"event_type":"x","event_time":1,"customer_id":"c"} {}""", "not readable JSON")]
    [InlineData("""{"event_type":"x","event_ti""", "not readable JSON")]
    public void What_cannot_be_an_event_is_refused_with_its_reason(string json, string reason)
    {
        var decoded = Decoded.Json(json);

        Assert.Equal(DecodeStatus.Refused, decoded.Outcome.Status);
        Assert.StartsWith(reason, decoded.Outcome.Reason, StringComparison.Ordinal);
        Assert.Equal(0, decoded.Count);
    }

    [Theory]
    [InlineData("""{"event_type":"x","event_time":1,"customer_id":"c","price":"n/a"}""", "price 'n/a' is not a decimal amount")]
    [InlineData("""{"event_type":"x","event_time":1,"customer_id":"c","price_minor":1.5}""", "price_minor '1.5' is not a whole number")]
    [InlineData("""{"event_type":"x","event_time":1,"customer_id":"c","quantity":1.5}""", "quantity '1.5' is not a whole number")]
    [InlineData("""{"event_type":"x","event_time":1,"customer_id":"c","currency":"EURO"}""", "currency 'EURO' is not a three-letter")]
    [InlineData("""{"event_type":"x","event_time":1,"customer_id":"c","category":{"id":1}}""", "category is an object or a list")]
    [InlineData("""{"event_type":"x","event_time":1,"customer_id":"c","title":"Blue \ud83d"}""", "the text of 'title' has an escape")]
    public void One_field_that_cannot_be_taken_is_reported_and_left_out(string json, string problem)
    {
        var decoded = Decoded.Json(json);

        Assert.Equal(DecodeStatus.Decoded, decoded.Outcome.Status);
        Assert.StartsWith(problem, decoded.Outcome.Reason, StringComparison.Ordinal);
        Assert.Equal("c", decoded.Text(e => e.CustomerId));
        Assert.Equal(EventFields.EventTime, decoded.Only.Fields);
    }

    [Fact]
    public void A_reader_error_names_the_byte()
    {
        Assert.Contains("(byte 6)", Decoded.Json("""{"a":}""").Outcome.Reason, StringComparison.Ordinal);
    }
}
