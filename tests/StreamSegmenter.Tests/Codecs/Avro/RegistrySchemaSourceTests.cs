using System.Diagnostics;
using System.Text;
using System.Text.Json;
using StreamSegmenter.Connectors.Codecs.Avro.Framing;
using StreamSegmenter.Connectors.Codecs.Avro.Schemas;
using StreamSegmenter.Testing.Runs;

namespace StreamSegmenter.Tests.Codecs.Avro;

public sealed class RegistrySchemaSourceTests : IDisposable
{
    private readonly RegistryServer _server = new();
    private readonly ManualTime _time = new();
    private RegistrySchemaSource? _source;

    public void Dispose()
    {
        _server.Dispose();
        _source?.Dispose();
    }

    [Fact]
    public void A_schema_is_requested_once_and_works_on_when_the_registry_is_down()
    {
        Answer("GET /schemas/ids/7", 200, new { schema = "\"long\"" });
        RegistrySchemaSource source = Source();

        Assert.Equal("\"long\"", source.ById(7).Schema!.CanonicalForm);
        _server.Dispose();

        Assert.Equal(SchemaOutcome.Found, source.ById(7).Outcome);
        Assert.Single(_server.Asked);
        SchemaLookup unknown = source.ById(8);
        Assert.Equal(SchemaOutcome.Unavailable, unknown.Outcome);
        Assert.StartsWith($"schema 8 at {_server.Url}: ", unknown.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void An_id_unknown_to_the_registry_is_not_found_and_requested_again_later()
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
    [InlineData(500, "InternalServerError")]
    [InlineData(503, "ServiceUnavailable")]
    [InlineData(429, "TooManyRequests")]
    [InlineData(401, "check the registry's user and password")]
    [InlineData(403, "403")]
    [InlineData(404, "is this a schema registry?")]
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

        Assert.Equal("schema 1: a schema of type PROTOBUF; only AVRO is supported", source.ById(1).Reason);
        Assert.Equal("schema 2: $: unknown type 'strnig'. Did you mean 'string'?", source.ById(2).Reason);
        Assert.Equal(SchemaOutcome.Unusable, source.ById(2).Outcome);
        Answer("GET /schemas/ids/3", 200, new { schema = "x", schemaType = "XSD" });
        Assert.Equal(SchemaOutcome.Unusable, source.ById(3).Outcome);
        Assert.Contains("XSD", source.ById(3).Reason, StringComparison.Ordinal);
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
        var options = new RegistryOptions(_server.Url.ToString()) { User = "key", Password = "se:cret" };
        RegistrySchemaSource source = Source(options);

        Assert.Equal(new SchemaRegistration(SchemaOutcome.Found, 42, null), source.Register("cart-abandoned-value", schema));

        (string _, string? authorization, string body) = Assert.Single(_server.Asked);
        Assert.Equal("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("key:se:cret")), authorization);
        Assert.Equal(schema.Text, JsonDocument.Parse(body).RootElement.GetProperty("schema").GetString());
        Assert.Same(schema, source.ById(42).Schema);
        Assert.DoesNotContain("se:cret", options.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_goes_into_each_request_and_into_no_text()
    {
        Answer("GET /schemas/ids/7", 200, new { schema = "\"long\"" });
        var options = new RegistryOptions(_server.Url.ToString()) { Token = "abc.def" };
        Assert.Equal(SchemaOutcome.Found, Source(options).ById(7).Outcome);
        Assert.Equal("Bearer abc.def", Assert.Single(_server.Asked).Authorization);
        Assert.DoesNotContain("abc.def", options.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_next_address_is_tried_when_one_is_down_or_reports_a_failure()
    {
        using var second = new RegistryServer();
        second.Answers["GET /schemas/ids/7"] = second.Answers["GET /schemas/ids/8"] = (200, """{"schema":"\"long\""}""");
        _server.Answers["GET /schemas/ids/7"] = (503, "{}");
        RegistrySchemaSource source = Source(new RegistryOptions($"{_server.Url}, {second.Url}"));

        Assert.Equal(SchemaOutcome.Found, source.ById(7).Outcome);
        _server.Dispose();
        Assert.Equal(SchemaOutcome.Found, source.ById(8).Outcome);
        Assert.Equal(2, second.Asked.Count);
    }

    [Fact]
    public void An_address_that_accepts_and_never_answers_is_left_for_the_next()
    {
        using var silent = new SilentServer();
        Answer("GET /schemas/ids/7", 200, new { schema = "\"long\"" });
        RegistrySchemaSource source = Source(new RegistryOptions($"{silent.Url},{_server.Url}") { Timeout = TimeSpan.FromSeconds(2) });
        Assert.Equal(SchemaOutcome.Found, source.ById(7).Outcome);
    }

    [Fact]
    public void A_look_up_blocks_no_longer_than_its_time_out_although_no_address_answers()
    {
        using var silent = new SilentServer();
        RegistrySchemaSource source = Source(new RegistryOptions($"{silent.Url},{silent.Url}") { Timeout = TimeSpan.FromSeconds(0.4) });
        var started = Stopwatch.StartNew();
        SchemaLookup lookup = source.ById(7);
        Assert.InRange(started.Elapsed, TimeSpan.FromSeconds(0.3), TimeSpan.FromSeconds(3));
        Assert.Equal(SchemaOutcome.Unavailable, lookup.Outcome);

        // The next record with that id does not wait at all.
        started.Restart();
        Assert.Equal(SchemaOutcome.Unavailable, source.ById(7).Outcome);
        Assert.InRange(started.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(0.2));
    }

    [Fact]
    public void A_chain_of_slow_references_ends_with_the_same_time_out()
    {
        foreach (var i in Enumerable.Range(0, 60))
        {
            Answer($"GET /subjects/s{i}/versions/1", 200, new { schema = $$"""{"type":"enum","name":"E{{i}}","symbols":["A"]}""" });
        }

        Answer("GET /schemas/ids/7", 200, new
        {
            schema = "\"long\"",
            references = Enumerable.Range(0, 60).Select(i => new { name = $"E{i}", subject = $"s{i}", version = 1 }),
        });
        _server.Delay = TimeSpan.FromMilliseconds(50);
        var started = Stopwatch.StartNew();
        SchemaLookup lookup = Source(new RegistryOptions(_server.Url.ToString()) { Timeout = TimeSpan.FromSeconds(0.5) }).ById(7);
        Assert.InRange(started.Elapsed, TimeSpan.FromSeconds(0.3), TimeSpan.FromSeconds(2.5));
        Assert.Equal($"schema 7 at {_server.Url}: no answer within 0.5 s", lookup.Reason);
    }

    [Theory]
    [InlineData("schema.registry.url", "'schema.registry.url' cannot be set here: set schemas.registry")]
    [InlineData("schema.registry.ssl.keystore.lokation", "the registry client knows no property 'schema.registry.ssl.keystore.lokation'. Did you mean 'schema.registry.ssl.keystore.location'?")]
    [InlineData("schema.registry.ssl.keystore.location", null)]
    [InlineData("sasl.username", "the registry client knows no property 'sasl.username'")]
    [InlineData("schema.registry.bearer.auth.token.endpoint.url", null)]
    public void Only_properties_that_the_client_knows_and_the_engine_does_not_own_can_be_set(string name, string? problem) =>
        Assert.Equal(problem, RegistryProperties.Problem(name));

    [Fact]
    public void An_authority_is_trusted_by_the_system_because_the_client_would_not_verify_the_host() =>
        Assert.Contains("SSL_CERT_FILE", RegistryProperties.Problem("schema.registry.ssl.ca.location"), StringComparison.Ordinal);

    [Theory]
    [InlineData("schema.registry.ssl.keystore.location", "/nowhere/client.p12")]
    [InlineData("schema.registry.bearer.auth.credentials.source", "OAUTHBEARER")]
    [InlineData("schema.registry.enable.ssl.certificate.verification", "perhaps")]
    public void Properties_that_cannot_be_used_fail_the_start_with_a_reason(string name, string value) =>
        Assert.NotEqual("", Assert.Throws<ArgumentException>(
            () => Source(new RegistryOptions("http://127.0.0.1:1") { Properties = new Dictionary<string, string> { [name] = value } })).Message);

    [Fact]
    public void A_schema_that_breaks_a_subject_s_compatibility_is_refused_with_the_reason()
    {
        Answer("POST /subjects/s/versions", 409, new { error_code = 409, message = "READER_FIELD_MISSING_DEFAULT_VALUE" });
        SchemaRegistration refused = Source().Register("s", AvroSchema.Parse("\"int\""));
        Assert.Equal(SchemaOutcome.Unusable, refused.Outcome);
        Assert.Contains(
            "READER_FIELD_MISSING_DEFAULT_VALUE; error code: 409; the subject's compatibility setting refuses",
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

    private RegistrySchemaSource Source(RegistryOptions? options = null) =>
        _source = new RegistrySchemaSource(options ?? new RegistryOptions(_server.Url.ToString()), _time);

    private void Answer(string request, int status, object body) => _server.Answers[request] = (
        status,
        JsonSerializer.Serialize(body));
}
