using System.Text;
using System.Text.Json;
using StreamSegmenter.Connectors.Codecs.Avro.Framing;
using StreamSegmenter.Connectors.Codecs.Avro.Schemas;
using StreamSegmenter.Simulation.Runs;

namespace StreamSegmenter.Tests.Codecs.Avro;

public sealed class RegistrySchemaSourceTests : IDisposable
{
    private readonly RegistryServer _server = new();
    private readonly HttpClient _http = RegistrySchemaSource.CreateClient();
    private readonly ManualTime _time = new();

    public void Dispose()
    {
        _server.Dispose();
        _http.Dispose();
    }

    [Fact]
    public void A_schema_is_asked_for_once_and_works_on_when_the_registry_is_down()
    {
        Answer("GET /schemas/ids/7", 200, new { schema = "\"long\"" });
        RegistrySchemaSource source = Source();

        Assert.Equal("\"long\"", source.ById(7).Schema!.CanonicalForm);
        _server.Dispose();

        Assert.Equal(SchemaOutcome.Found, source.ById(7).Outcome);
        Assert.Single(_server.Asked);
        SchemaLookup unknown = source.ById(8);
        Assert.Equal(SchemaOutcome.Unavailable, unknown.Outcome);
        Assert.Contains("/registry/schemas/ids/8: ", unknown.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void An_id_that_the_registry_does_not_know_is_not_found_and_asked_for_again_later()
    {
        RegistrySchemaSource source = Source();
        SchemaLookup missing = source.ById(9);
        Assert.Equal(SchemaOutcome.NotFound, missing.Outcome);
        Assert.Contains("404 Schema not found", missing.Reason, StringComparison.Ordinal);

        Answer("GET /schemas/ids/9", 200, new { schema = "\"int\"" });
        Assert.Equal(SchemaOutcome.NotFound, source.ById(9).Outcome);
        _time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(SchemaOutcome.Found, source.ById(9).Outcome);
    }

    [Theory]
    [InlineData(500, "500")]
    [InlineData(503, "503")]
    [InlineData(429, "429")]
    [InlineData(401, "check the registry's user and password")]
    [InlineData(200, "the answer is not JSON; is this a schema registry?")]
    public void What_may_be_mended_is_unavailable_and_tried_again_after_a_pause(int status, string expected)
    {
        _server.Answers["GET /schemas/ids/1"] = (status, "<html>");
        RegistrySchemaSource source = Source();
        SchemaLookup failed = source.ById(1);
        Assert.Equal(SchemaOutcome.Unavailable, failed.Outcome);
        Assert.Contains(expected, failed.Reason, StringComparison.Ordinal);

        source.ById(1);
        Assert.Single(_server.Asked);
        Answer("GET /schemas/ids/1", 200, new { schema = "\"int\"" });
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(SchemaOutcome.Found, source.ById(1).Outcome);
    }

    [Fact]
    public void A_schema_of_another_kind_or_with_an_error_is_unusable()
    {
        Answer("GET /schemas/ids/1", 200, new { schema = "message M {}", schemaType = "PROTOBUF" });
        Answer("GET /schemas/ids/2", 200, new { schema = "\"strnig\"" });
        RegistrySchemaSource source = Source();

        Assert.Equal("/schemas/ids/1: a schema of type PROTOBUF; only AVRO is supported", source.ById(1).Reason);
        Assert.Equal("/schemas/ids/2: $: unknown type 'strnig'. Did you mean 'string'?", source.ById(2).Reason);
        Assert.Equal(SchemaOutcome.Unusable, source.ById(2).Outcome);
    }

    [Fact]
    public void References_to_other_subjects_are_followed()
    {
        Answer("GET /schemas/ids/5", 200, new
        {
            schema = """{"type":"record","name":"n.Order","fields":[{"name":"total","type":"n.Money"}]}""",
            references = new[] { new { name = "n.Money", subject = "money/value", version = 3 } },
        });
        Answer("GET /subjects/money%2Fvalue/versions/3", 200, new
        {
            subject = "money/value", version = 3, id = 4,
            schema = """{"type":"record","name":"n.Money","fields":[{"name":"minor","type":"long"}]}""",
        });

        SchemaLookup order = Source().ById(5);

        Assert.Null(order.Reason);
        Assert.Equal(
            """{"name":"n.Order","type":"record","fields":[{"name":"total","type":{"name":"n.Money","type":"record","fields":[{"name":"minor","type":"long"}]}}]}""",
            order.Schema!.CanonicalForm);
    }

    [Fact]
    public void References_that_go_round_in_a_circle_end_with_an_error()
    {
        Answer(
            "GET /schemas/ids/1",
            200,
            new { schema = "\"int\"", references = new[] { new { name = "a", subject = "a", version = 1 } } });
        Answer(
            "GET /subjects/a/versions/1",
            200,
            new { schema = "\"int\"", references = new[] { new { name = "a", subject = "a", version = 1 } } });
        Assert.Contains("deeper than 8", Source().ById(1).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void An_output_schema_is_registered_with_its_whole_text_under_basic_authentication()
    {
        Answer("POST /subjects/cart-abandoned-value/versions", 200, new { id = 42 });
        AvroSchema schema = AvroSchema.Parse("""{"type":"record","name":"R","doc":"kept","fields":[]}""");
        var source = new RegistrySchemaSource(_http, new RegistryOptions(_server.Url, "key", "secret"), _time);

        Assert.Equal(new SchemaRegistration(SchemaOutcome.Found, 42, null), source.Register("cart-abandoned-value", schema));

        (string _, string? authorization, string body) = Assert.Single(_server.Asked);
        Assert.Equal("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("key:secret")), authorization);
        Assert.Equal(schema.Text, JsonDocument.Parse(body).RootElement.GetProperty("schema").GetString());
        Assert.Same(schema, source.ById(42).Schema);
        Assert.DoesNotContain("secret", new RegistryOptions(_server.Url, "key", "secret").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_schema_that_breaks_a_subject_s_compatibility_is_refused_with_the_reason()
    {
        Answer("POST /subjects/s/versions", 409, new { error_code = 409, message = "READER_FIELD_MISSING_DEFAULT_VALUE" });
        SchemaRegistration refused = Source().Register("s", AvroSchema.Parse("\"int\""));
        Assert.Equal(SchemaOutcome.Unusable, refused.Outcome);
        Assert.Contains(
            "READER_FIELD_MISSING_DEFAULT_VALUE; the subject's compatibility setting refuses",
            refused.Reason,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Lanes_that_meet_the_same_new_id_together_ask_once()
    {
        Answer("GET /schemas/ids/7", 200, new { schema = "\"long\"" });
        RegistrySchemaSource source = Source();
        Parallel.For(0, 8, _ => Assert.Equal(SchemaOutcome.Found, source.ById(7).Outcome));
        Assert.Single(_server.Asked);
    }

    private RegistrySchemaSource Source() => new(_http, new RegistryOptions(_server.Url), _time);

    private void Answer(string request, int status, object body) => _server.Answers[request] = (
        status,
        JsonSerializer.Serialize(body));
}
