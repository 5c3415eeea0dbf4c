using System.Globalization;
using System.Text;
using StreamSegmenter.Connectors.Codecs.Json;
using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Events;
using StreamSegmenter.Segments;
using StreamSegmenter.Segments.Language;

namespace StreamSegmenter.Tests.Codecs.Json;

/// <summary>A record that is read by its shape gives what it gives value by value: random records of a few producers under mappings of
/// every kind, some of them damaged.</summary>
public sealed class JsonShapeTests
{
    private const int RecordsPerMapping = 5_000;

    private static readonly string[] Names =
    [
        "event_type", "event_time", "customer_id", "anonymous_id", "session_id", "cart_id", "order_id", "product_id", "category", "price",
        "price_minor", "total", "currency", "quantity", "event_id", "userId", "timestamp", "type", "channel", "note", "a.b", "properties.size",
        "größe", "", "items", "flag",
    ];

    private static readonly string[] Values =
    [
        "\"product_added\"", "\"order_completed\"", "\"identify\"", "1659304800025", "1659304800", "\"2022-08-01T10:00:00Z\"", "\"c-1\"", "\" c 2 \"",
        "\"undefined\"", "\"null\"", "\"\"", "null", "true", "false", "0", "-0", "12.50", "\"35.79\"", "1e3", "1.5E-2", "\"EUR\"", "\"JPY\"", "\"xx\"",
        "01", "1.", ".5", "+1", "-", "1e", "nul", "\"a\\u0041\"", "\"\\ud800\"", "\"tab\there\"", "\"Größe ✓\"", "{}", "[]", "[1,2]", "{\"x\":1}",
        "{\"x\":\"y\",\"z\":null}", "{\"x\":{\"y\":2.5}}", "[{\"product_id\":\"p\",\"price\":1.5}]",
    ];

    // What producers send most, so that most records are whole events.
    private static readonly string[] Usual = ["\"product_viewed\"", "1659304800025", "\"c-7\"", "\"s\"", "9.99", "\"EUR\"", "2", "{\"x\":\"y\"}"];

    public static TheoryData<string> Mappings => ["none", "renamed", "ranked", "conditions", "lower", "record time and key", "nested", "where"];

    [Theory]
    [MemberData(nameof(Mappings))]
    public void A_record_read_by_its_shape_gives_the_same_event(string name)
    {
        var mapping = CompiledMapping.Of(MappingOf(name));
        var (byShape, byValue) = (new JsonEventDecoder(mapping), new JsonEventDecoder(mapping, learnsShapes: false));
        var shapes = new JsonShapeReader(mapping, new MappingUse(mapping));
        var random = new Random(7);
        var producers = Enumerable.Range(0, 40).Select(_ => Producer(random)).ToArray();
        var simple = 0;
        for (var i = 0; i < RecordsPerMapping; i++)
        {
            var json = Record(producers[random.Next(producers.Length)], random);

            Assert.Equal(Described(byValue, json), Described(byShape, json));
            simple += Utf8Checked(json) && shapes.Read(json) is not null ? 1 : 0;
        }

        Assert.Equal(byValue.Use.NeverFound(), byShape.Use.NeverFound());
        Assert.Equal(
            (byValue.Use.Events, byValue.Use.Filtered, byValue.Use.RoundedAmounts), (byShape.Use.Events, byShape.Use.Filtered, byShape.Use.RoundedAmounts));
        Assert.True(simple > RecordsPerMapping / 10, $"only {simple} records were simple");
    }

    [Fact]
    public void Names_that_never_end_leave_the_shapes_that_are_known()
    {
        const string Known = """{"event_type":"x","event_time":1659304800025,"customer_id":"c"}""";
        var mapping = CompiledMapping.Of(InputMapping.Default);
        var shapes = new JsonShapeReader(mapping, new MappingUse(mapping));
        Assert.NotNull(shapes.Read(Encoding.UTF8.GetBytes(Known)));
        var decoder = new JsonEventDecoder(mapping);
        for (var i = 0; i < 10_000; i++)
        {
            var json = Encoding.UTF8.GetBytes($"{{\"event_type\":\"x\",\"event_time\":1659304800025,\"customer_id\":\"c\",\"n{i % 9}\":1,\"m{i}\":{i}}}");
            shapes.Read(json);
            var decoded = new Decoded();
            decoded.Decode(decoder, json);
            Assert.Equal($"n{i % 9}=number:1 m{i}=number:{i}", decoded.Properties());
        }

        Assert.NotNull(shapes.Read(Encoding.UTF8.GetBytes(Known)));
    }

    private static InputMapping MappingOf(string name) => name switch
    {
        "renamed" => Decoded.Map(("customer_id", "note"), ("properties.colour", "channel"), ("session_id", "a.b")),
        "ranked" => new InputMapping
        {
            Fields = InputMapping.Default.Fields
                .Add("customer_id", new FieldMapping(["userId", "note", "customer_id"]))
                .Add("properties.tag", new FieldMapping(["channel", "flag"]) { Trim = true }),
        },
        "conditions" => Decoded.Map(("customer_id", "note if flag=true"), ("anonymous_id", "channel if not flag")),
        "lower" => new InputMapping
        {
            Fields = InputMapping.Default.Fields
                .Add("category", new FieldMapping(["category"]) { Lower = true, Trim = true, Missing = ["0", "false"] })
                .Add("cart_id", new FieldMapping(["session_id"]) { Lower = true }),
            DecimalMark = ',',
        },
        "record time and key" => new InputMapping { TimestampFrom = TimestampSource.Record, CustomerFrom = CustomerSource.Key },
        "nested" => Decoded.Map(("product_id", "note.x"), ("category", "channel.x.y"), ("anonymous_id", "flag")),
        "where" => InputMapping.Default with { Where = EventFilterCompiler.Compile(new SegmentDefinition("where", "channel != 's'", "test", 1, 1), default, TimeZoneInfo.Utc, [], []) },
        _ => InputMapping.Default,
    };

    private static string[] Producer(Random random)
    {
        var names = random.GetItems(Names, random.Next(1, 8));
        string[] usual = ["event_type", "event_time", "customer_id"];
        return random.Next(5) == 0 ? names : [.. usual.Concat(names).Distinct()];
    }

    private static byte[] Record(string[] names, Random random)
    {
        var text = new StringBuilder(Blank(random) + "{" + Blank(random));
        var plain = random.Next(3) > 0;
        for (var i = 0; i < names.Length; i++)
        {
            var value = i < 3 ? Usual[i] : plain ? Usual[random.Next(3, Usual.Length)] : Values[random.Next(Values.Length)];
            text.Append(CultureInfo.InvariantCulture, $"{(i > 0 ? "," + Blank(random) : "")}\"{names[i]}\"{Blank(random)}:{Blank(random)}{value}{Blank(random)}");
        }

        var json = Encoding.UTF8.GetBytes(text.Append('}').Append(Blank(random)).ToString());
        if (random.Next(20) == 0)
        {
            json[random.Next(json.Length)] = (byte)random.Next(256);
        }

        return random.Next(50) == 0 ? json[..random.Next(json.Length)] : json;
    }

    private static string Blank(Random random) => random.Next(8) switch
    {
        0 => " ",
        1 => random.Next(10) == 0 ? "\r\n\t" : "",
        _ => "",
    };

    private static bool Utf8Checked(byte[] json) => System.Text.Unicode.Utf8.IsValid(json);

    private static string Described(JsonEventDecoder decoder, byte[] json)
    {
        var decoded = new Decoded();
        decoded.Decode(decoder, json, timestampMs: 1659304800025, key: "key");
        var text = new StringBuilder($"{decoded.Outcome.Status} {decoded.Outcome.Reason}");
        for (var i = 0; i < decoded.Count; i++)
        {
            var e = decoded[i];
            text.AppendLine().Append(CultureInfo.InvariantCulture, $"{EventTypes.NameOf(e.Type)} {e.EventTimeMs} {e.Fields} {e.Quantity} {e.PriceMinor} {e.TotalMinor} {e.Currency} {e.KeyHash}");
            foreach (var slice in new[] { e.EventId, e.CustomerId, e.AnonymousId, e.SessionId, e.CartId, e.OrderId, e.ProductId, e.Category, e.Properties, e.Lines })
            {
                text.Append(' ').Append(Convert.ToHexString(decoded.Batch.Text(in e, slice)));
            }
        }

        return text.ToString();
    }
}
