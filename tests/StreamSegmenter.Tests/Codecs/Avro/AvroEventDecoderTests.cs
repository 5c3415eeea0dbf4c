using System.Buffers;
using System.Text;
using StreamSegmenter.Connectors.Codecs.Avro.Framing;
using StreamSegmenter.Connectors.Codecs.Avro.Inputs;
using StreamSegmenter.Connectors.Codecs.Avro.Outputs;
using StreamSegmenter.Connectors.Codecs.Avro.Schemas;
using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Events;
using static StreamSegmenter.Tests.Codecs.Avro.AvroEvents;

namespace StreamSegmenter.Tests.Codecs.Avro;

public sealed class AvroEventDecoderTests
{
    private readonly AvroEvents _events = new();

    [Fact]
    public void An_event_of_our_own_schema_is_read_field_by_field()
    {
        AssertDecoded(_events.Decode(ShippedSchemas.StorefrontEvent, Full));

        StorefrontEvent e = _events.Batch[0];
        Assert.Equal(1_700_000_000_123, e.EventTimeMs);
        Assert.Equal(EventTypes.ProductAdded, e.Type);
        Assert.Equal(["e-1", "c-1", "", "s-1", "k-1", "", "p-1", "shoes"], _events.Texts(e));
        Assert.Equal((2, 3579L, "EUR"), (e.Quantity, e.PriceMinor, e.Currency.ToString()));
        Assert.True(e.Has(EventFields.Quantity) && e.Has(EventFields.Price) && !e.Has(EventFields.Total));
        Assert.Equal(["device=phone", "score=1.5", "visits=3", "member=true"], _events.Properties(e));
    }

    [Fact]
    public void A_schema_of_another_name_with_fewer_and_further_fields_is_resolved_and_its_own_fields_become_properties()
    {
        const string Theirs = """
            {"type":"record","name":"acme.Click","fields":[
              {"name":"device","type":["null","string"]},
              {"name":"event","type":"string"},
              {"name":"timestamp","type":{"type":"long","logicalType":"timestamp-micros"}},
              {"name":"userId","type":"string"},
              {"name":"geo","type":{"type":"record","name":"Geo","fields":[{"name":"country","type":"string"},{"name":"tags","type":{"type":"array","items":"string"}}]}},
              {"name":"utm","type":{"type":"map","values":["null","string"]}},
              {"name":"quantity","type":"int"},
              {"name":"raw","type":"bytes"}]}
            """;

        AssertDecoded(_events.Decode(AvroSchema.Parse(Theirs), """
            {"device":"phone","event":"Product Added","timestamp":1700000000123456,"userId":"c-9","geo":{"country":"DE","tags":["a","b"]},
             "utm":{"source":"mail","none":null},"quantity":3,"raw":"xyz"}
            """));

        StorefrontEvent e = _events.Batch[0];
        Assert.Equal((1_700_000_000_123, EventTypes.ProductAdded, 3), (e.EventTimeMs, e.Type, e.Quantity));
        Assert.Equal("c-9", Encoding.UTF8.GetString(_events.Batch.Text(in e, e.CustomerId)));
        Assert.Equal(["device=phone", "geo.country=DE", "utm.source=mail"], _events.Properties(e));
    }

    [Fact]
    public void Null_properties_are_no_properties()
    {
        const string Theirs = """
            {"type":"record","name":"E","fields":[{"name":"event_type","type":"string"},{"name":"event_time","type":"long"},{"name":"customer_id","type":"string"},
              {"name":"properties","type":["null",{"type":"map","values":["null","string"]}]}]}
            """;
        AvroSchema schema = AvroSchema.Parse(Theirs);
        AssertDecoded(_events.Decode(schema, """{"event_type":"page_viewed","event_time":5,"customer_id":"c","properties":null}"""));
        AssertDecoded(_events.Decode(schema, """{"event_type":"page_viewed","event_time":5,"customer_id":"c","properties":{"a":null,"b":"x"}}"""));
        Assert.Empty(_events.Properties(_events.Batch[0]));
        Assert.Equal(["b=x"], _events.Properties(_events.Batch[1]));
    }

    [Fact]
    public void A_foreign_schema_is_read_through_a_mapping_with_prices_exact()
    {
        const string Theirs = """
            {"type":"record","name":"E","fields":[
              {"name":"kind","type":{"type":"enum","name":"K","symbols":["view","cart"]}},
              {"name":"at","type":{"type":"long","logicalType":"timestamp-micros"}},
              {"name":"who","type":{"type":"record","name":"W","fields":[{"name":"id","type":"long"}]}},
              {"name":"amount","type":{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}},
              {"name":"note","type":"string"}]}
            """;
        InputMapping mapping = InputMapping.Default with
        {
            Fields = Map(("event_type", "kind"), ("event_time", "at"), ("customer_id", "who.id"), ("price", "amount")),
            EventTypes = Types(("cart", "product_added")),
            Currency = "EUR",
        };

        AssertDecoded(_events.Decode(AvroSchema.Parse(Theirs), """{"kind":"cart","at":1700000000123456,"who":{"id":77},"amount":"\u000d\u00fb","note":"x"}""", mapping));

        StorefrontEvent e = _events.Batch[0];
        Assert.Equal(
            (1_700_000_000_123, EventTypes.ProductAdded, 3579L, "EUR"),
            (e.EventTimeMs, e.Type, e.PriceMinor, e.Currency.ToString()));
        Assert.Equal("77", Encoding.UTF8.GetString(_events.Batch.Text(in e, e.CustomerId)));
        Assert.Equal(["note=x"], _events.Properties(e));
    }

    [Fact]
    public void An_array_of_events_is_unfolded_although_the_outer_fields_follow_it()
    {
        const string Session = """
            {"type":"record","name":"S","fields":[
              {"name":"events","type":{"type":"array","items":{"type":"record","name":"I","fields":[
                {"name":"aid","type":"long"},{"name":"ts","type":"long"},{"name":"type","type":"string"}]}}},
              {"name":"session","type":"long"}]}
            """;
        InputMapping mapping = InputMapping.Default with
        {
            Unfold = "events",
            Fields = Map(("customer_id", "^.session"), ("product_id", "aid"), ("event_time", "ts"), ("event_type", "type")),
            EventTypes = Types(("clicks", "product_viewed"), ("carts", "product_added")),
        };

        AssertDecoded(_events.Decode(
            AvroSchema.Parse(Session),
            """{"session":12,"events":[{"aid":1,"ts":1659304800025,"type":"clicks"},{"aid":2,"ts":1659304904511,"type":"carts"}]}""",
            mapping));

        Assert.Equal(2, _events.Batch.Count);
        Assert.Equal(
            (EventTypes.ProductAdded, 1, 1_659_304_904_511),
            (_events.Batch[1].Type, _events.Batch[1].IndexInRecord, _events.Batch[1].EventTimeMs));
        Assert.Equal(["12", "12"], _events.Batch.Events.ToArray().Select(e => Encoding.UTF8.GetString(_events.Batch.Text(in e, e.CustomerId))));
        Assert.Equal(["1", "2"], _events.Batch.Events.ToArray().Select(e => Encoding.UTF8.GetString(_events.Batch.Text(in e, e.ProductId))));

        DecodeOutcome bad = _events.Decode(
            AvroSchema.Parse(Session), """{"session":12,"events":[{"aid":1,"ts":5,"type":"clicks"},{"aid":2,"ts":-5,"type":"carts"}]}""", mapping);
        Assert.Equal(DecodeStatus.Decoded, bad.Status);
        Assert.StartsWith("item 2: event_time '-5' is not a time", bad.Reason, StringComparison.Ordinal);
        Assert.Equal(3, _events.Batch.Count);
    }

    [Theory]
    [InlineData("""{"event_type":"x","event_time":-1,"customer_id":"c"}""", "event_time -1 is not epoch milliseconds")]
    [InlineData("""{"event_type":"x","event_time":5}""", "neither customer_id nor anonymous_id is there")]
    [InlineData("""{"event_type":" ","event_time":5,"customer_id":"c"}""", "event_type is missing")]
    public void An_event_that_breaks_a_rule_is_refused_with_the_reason_and_leaves_no_trace(string json, string expected)
    {
        DecodeOutcome outcome = _events.Decode(ShippedSchemas.StorefrontEvent, json);
        Assert.Equal(DecodeStatus.Refused, outcome.Status);
        Assert.Contains(expected, outcome.Reason, StringComparison.Ordinal);
        Assert.Equal((0, 0), (_events.Batch.Count, _events.Batch.BytesUsed));
    }

    [Theory]
    [InlineData("""{"event_type":"x","event_time":5,"customer_id":"c","quantity":1000001}""", "quantity 1000001 is not")]
    [InlineData("""{"event_type":"x","event_time":5,"customer_id":"c","price_minor":9000000000000}""", "price_minor 9000000000000 is more than")]
    [InlineData("""{"event_type":"x","event_time":5,"customer_id":"c","currency":"euro"}""", "currency 'euro' is not a three-letter")]
    public void One_field_that_cannot_be_taken_is_reported_and_left_out(string json, string expected)
    {
        DecodeOutcome outcome = _events.Decode(ShippedSchemas.StorefrontEvent, json);

        Assert.Equal(DecodeStatus.Decoded, outcome.Status);
        Assert.Contains(expected, outcome.Reason, StringComparison.Ordinal);
        Assert.Equal(EventFields.EventTime, Assert.Single(_events.Batch.Events.ToArray()).Fields);
    }

    [Fact]
    public void A_writer_s_schema_that_cannot_be_an_event_is_refused_with_the_reason() =>
        Assert.Equal(
            "schema id 7 is of type string; an event is a record",
            _events.Decode(AvroSchema.Parse("\"string\""), "\"x\"").Reason);

    [Fact]
    public void A_damaged_payload_is_refused_with_the_schema_and_the_byte()
    {
        byte[] framed = Frame(AvroText.Encode(ShippedSchemas.StorefrontEvent, Full));
        DecodeOutcome outcome = Decoder(ShippedSchemas.StorefrontEvent).Decode(Record(framed.AsSpan(0, 20)), _events.Batch);
        Assert.StartsWith("not readable with schema id 7: byte ", outcome.Reason, StringComparison.Ordinal);
        Assert.Equal((0, 0), (_events.Batch.Count, _events.Batch.BytesUsed));
    }

    [Fact]
    public void Both_framings_are_distinguished_by_their_first_byte_and_anything_else_is_refused()
    {
        AvroEventDecoder decoder = Decoder(ShippedSchemas.StorefrontEvent);
        byte[] payload = AvroText.Encode(ShippedSchemas.StorefrontEvent, Full);
        var single = new ArrayBufferWriter<byte>();
        AvroFraming.WriteSingleObject(single, ShippedSchemas.StorefrontEvent.Fingerprint);
        single.Write(payload);

        AssertDecoded(decoder.Decode(Record(single.WrittenSpan), _events.Batch));
        AssertDecoded(decoder.Decode(Record(Frame(payload)), _events.Batch));
        Assert.Contains(
            "If it is JSON, set the input's format to json",
            decoder.Decode(Record("{}"u8), _events.Batch).Reason,
            StringComparison.Ordinal);
        Assert.Equal(2, _events.Batch.Count);
    }

    [Fact]
    public void A_schema_that_cannot_be_fetched_now_pauses_and_one_that_does_not_exist_is_a_dead_letter()
    {
        var schemas = new OneSchema(ShippedSchemas.StorefrontEvent) { Outcome = SchemaOutcome.Unavailable };
        var decoder = new AvroEventDecoder(schemas, CompiledMapping.Of(InputMapping.Default));
        byte[] record = Frame(AvroText.Encode(ShippedSchemas.StorefrontEvent, Full));

        Assert.Equal(DecodeStatus.Unavailable, decoder.Decode(Record(record), _events.Batch).Status);
        schemas.Outcome = SchemaOutcome.NotFound;
        Assert.Equal(DecodeStatus.Refused, decoder.Decode(Record(record), _events.Batch).Status);
        schemas.Outcome = SchemaOutcome.Found;
        AssertDecoded(decoder.Decode(Record(record), _events.Batch));
        schemas.Outcome = SchemaOutcome.Unavailable;
        AssertDecoded(decoder.Decode(Record(record), _events.Batch));
    }
}
