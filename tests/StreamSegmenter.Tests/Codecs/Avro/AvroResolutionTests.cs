using StreamSegmenter.Connectors.Codecs.Avro.Binary;
using StreamSegmenter.Connectors.Codecs.Avro.Resolution;
using StreamSegmenter.Connectors.Codecs.Avro.Schemas;

namespace StreamSegmenter.Tests.Codecs.Avro;

public sealed class AvroResolutionTests
{
    [Fact]
    public void Fields_are_matched_by_name_whatever_their_order_and_unknown_ones_are_skipped() =>
        AvroText.AssertSameJson(
            """{"b":"x","a":1}""",
            AvroText.Resolve(
                Record("a:int", "skipped:{'type':'map','values':{'type':'array','items':'string'}}", "b:string"),
                Record("b:string", "a:int"),
                """{"a":1,"skipped":{"k":["v","w"],"l":[]},"b":"x"}"""));

    [Theory]
    [InlineData("'null'", "null")]
    [InlineData("'boolean'", "true")]
    [InlineData("'int'", "-7")]
    [InlineData("'long'", "9007199254740993")]
    [InlineData("'float'", "1.5")]
    [InlineData("'double'", "2.25")]
    [InlineData("'double'", "\"NaN\"")]
    [InlineData("'bytes'", "\"\\u0000\\u00ff\"")]
    [InlineData("'string'", "\"\u00e4\u6f22\"")]
    [InlineData("{'type':'enum','name':'E','symbols':['A','B']}", "\"B\"")]
    [InlineData("{'type':'fixed','name':'F','size':2}", "\"ab\"")]
    [InlineData("{'type':'array','items':'int'}", "[1,2,3]")]
    [InlineData("{'type':'map','values':['null','double']}", "{\"a\":null,\"b\":1.5}")]
    [InlineData("['null','string']", "\"x\"")]
    [InlineData("{'type':'record','name':'N','fields':[{'name':'x','type':'int'}]}", "{\"x\":3}")]
    public void Every_type_round_trips_and_can_be_skipped(string type, string value)
    {
        string writer = Record("before:int", $"it:{type}", "after:int");
        string written = $$"""{"before":1,"it":{{value}},"after":2}""";
        AvroText.AssertSameJson(written, AvroText.Resolve(writer, writer, written));
        AvroText.AssertSameJson("""{"after":2}""", AvroText.Resolve(writer, Record("after:int"), written));
    }

    [Theory]
    [InlineData("'int'", "'long'", "7", "7")]
    [InlineData("'int'", "'float'", "16777217", "16777216")]
    [InlineData("'int'", "'double'", "16777217", "16777217")]
    [InlineData("'long'", "'float'", "16777217", "16777216")]
    [InlineData("'long'", "'double'", "7", "7")]
    [InlineData("'float'", "'double'", "0.5", "0.5")]
    [InlineData("'string'", "'bytes'", "\"\u00e4\"", "\"\\u00c3\\u00a4\"")]
    [InlineData("'bytes'", "'string'", "\"\\u00c3\\u00a4\"", "\"\u00e4\"")]
    [InlineData("{'type':'array','items':'int'}", "{'type':'array','items':'double'}", "[1]", "[1]")]
    public void A_type_is_promoted(string writer, string reader, string value, string expected) =>
        AvroText.AssertSameJson(expected, AvroText.Resolve(Quoted(writer), Quoted(reader), value));

    [Fact]
    public void Bytes_promoted_to_a_string_must_be_UTF8() =>
        Assert.Equal(AvroFault.StringNotUtf8, AvroText.ResolveFault("\"bytes\"", "\"string\"", "\"\\u00ff\"").Fault);

    [Theory]
    [InlineData("'int'", "5", "5")]
    [InlineData("'string'", "'x'", "\"x\"")]
    [InlineData("['null','int']", "null", "null")]
    [InlineData("['int','null']", "5", "5")]
    [InlineData("['null','int']", "5", "5")]
    [InlineData("{'type':'array','items':'int'}", "[1,2]", "[1,2]")]
    [InlineData("{'type':'map','values':'string'}", "{'k':'v'}", "{\"k\":\"v\"}")]
    [InlineData("{'type':'enum','name':'E','symbols':['A','B']}", "'B'", "\"B\"")]
    [InlineData("{'type':'record','name':'N','fields':[{'name':'x','type':'int'},{'name':'y','type':'int','default':9}]}", "{'x':1}", "{\"x\":1,\"y\":9}")]
    public void A_field_that_was_not_written_takes_its_default(string type, string fallback, string expected) =>
        AvroText.AssertSameJson(
            $$"""{"a":1,"added":{{expected}}}""",
            AvroText.Resolve(Record("a:int"), Record("a:int", $"added:{type},'default':{fallback}"), """{"a":1}"""));

    [Fact]
    public void A_field_without_a_default_that_was_not_written_is_refused_with_path_and_reason() =>
        Assert.Equal(
            "price_minor: the writer's R has no such field, and the reader's has no default. Did you mean 'price_minr'?",
            AvroText.Incompatibility(Record("price_minr:long"), Record("price_minor:long")));

    [Fact]
    public void Aliases_match_records_and_fields_of_earlier_names()
    {
        const string Reader = """
            {"type":"record","name":"New","namespace":"n","aliases":["Old"],"fields":[{"name":"amount","aliases":["total","sum"],"type":"long"}]}
            """;
        const string Writer = """{"type":"record","name":"Old","namespace":"n","fields":[{"name":"sum","type":"int"}]}""";
        AvroText.AssertSameJson("""{"amount":4}""", AvroText.Resolve(Writer, Reader, """{"sum":4}"""));
    }

    [Fact]
    public void A_field_s_own_name_goes_before_another_field_s_alias() =>
        AvroText.AssertSameJson(
            """{"a":1,"b":0}""",
            AvroText.Resolve(Record("a:int"), Record("b:int,'aliases':['a'],'default':0", "a:int"), """{"a":1}"""));

    [Fact]
    public void Records_of_another_name_do_not_match_unless_the_outermost_name_is_ignored()
    {
        const string Theirs = """{"type":"record","name":"CartEvent","fields":[{"name":"a","type":"int"}]}""";
        Assert.Contains("add the alias 'CartEvent'", AvroText.Incompatibility(Theirs, Record("a:int")), StringComparison.Ordinal);
        Assert.True(AvroDecoder.TryCompile(
            AvroSchema.Parse(Theirs), AvroSchema.Parse(Record("a:int")), AvroNameMatching.IgnoreOutermostName, out _, out _));
    }

    [Fact]
    public void An_enum_s_unknown_symbol_takes_the_default_or_is_an_error_of_that_record()
    {
        const string Writer = """{"type":"enum","name":"E","symbols":["A","NEW"]}""";
        Assert.Equal("\"B\"", AvroText.Resolve(Writer, """{"type":"enum","name":"E","symbols":["B","A"],"default":"B"}""", "\"NEW\""));
        Assert.Equal("\"A\"", AvroText.Resolve(Writer, """{"type":"enum","name":"E","symbols":["B","A"]}""", "\"A\""));
        AvroError error = AvroText.ResolveFault(Writer, """{"type":"enum","name":"E","symbols":["B","A"]}""", "\"NEW\"");
        Assert.Equal(AvroFault.EnumSymbolUnresolved, error.Fault);
        Assert.Contains("lacks one of NEW", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'int'", "['null','long']", "5", "5")]
    [InlineData("'int'", "['long','int']", "5", "5")]
    [InlineData("['null','int']", "'long'", "5", "5")]
    [InlineData("['null','int']", "['string','long','null']", "5", "5")]
    [InlineData("['null','int']", "['string','long','null']", "null", "null")]
    [InlineData("['int','string']", "'string'", "\"x\"", "\"x\"")]
    public void Unions_resolve_on_either_side(string writer, string reader, string value, string expected) =>
        AvroText.AssertSameJson(expected, AvroText.Resolve(Quoted(writer), Quoted(reader), value));

    [Fact]
    public void A_written_branch_that_the_reader_lacks_is_an_error_of_that_record_only()
    {
        AvroError error = AvroText.ResolveFault(Record("a:['null','int']"), Record("a:int"), """{"a":null}""");
        Assert.Equal(AvroFault.UnionBranchUnresolved, error.Fault);
        Assert.Contains("a: the writer's null cannot be read as int", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'string'", "'int'", "the writer's string cannot be read as int")]
    [InlineData("'long'", "'int'", "the writer's long cannot be read as int")]
    [InlineData("['null','string']", "'int'", "none of the writer's 2 branches can be read as int")]
    [InlineData("'string'", "['null','int']", "the writer's string can be read as none of the reader's 2 branches")]
    [InlineData("{'type':'fixed','name':'F','size':3}", "{'type':'fixed','name':'F','size':4}", "has 3 bytes, the reader's 4")]
    [InlineData("{'type':'array','items':'string'}", "{'type':'array','items':'int'}", "a[]: the writer's string cannot be read as int")]
    [InlineData("{'type':'map','values':'string'}", "{'type':'map','values':'int'}", "a{}: the writer's string cannot be read as int")]
    public void Schemas_that_can_never_agree_are_refused_when_compiled(string writer, string reader, string expected) =>
        Assert.Contains(
            expected, AvroText.Incompatibility(Record($"a:{writer}"), Record($"a:{reader}")), StringComparison.Ordinal);

    [Fact]
    public void A_type_that_holds_itself_is_read_as_deep_as_the_limit_and_no_deeper()
    {
        string node = Record("id:int", "next:['null','R']");
        string shallow = Chain(20);
        AvroText.AssertSameJson(shallow, AvroText.Resolve(node, node, shallow));

        AvroDecoder decoder = AvroText.Decoder(AvroSchema.Parse(node), AvroSchema.Parse(node));
        byte[] deep = [.. Enumerable.Repeat((byte)2, 200), 0];
        Assert.False(AvroJsonSink.TryDecode(decoder, deep, out _, out AvroError error));
        Assert.Equal(AvroFault.NestedTooDeep, error.Fault);
    }

    [Fact]
    public void Slots_are_the_reader_s_fields_and_nested_ones_are_found_by_path()
    {
        AvroSchema schema = AvroSchema.Parse(Record(
            "id:long",
            "cart:['null',{'type':'record','name':'Cart','fields':[{'name':'total','type':'long'},{'name':'lines','type':{'type':'array','items':{'type':'record','name':'Line','fields':[{'name':'sku','type':'string'}]}}}]}]",
            "note:string"));
        AvroDecoder decoder = AvroText.Decoder(schema, schema);

        Assert.Equal(["id", "cart", "note", "cart.total", "cart.lines", "cart.lines[].sku"], decoder.Slots.Select(s => s.Path));
        Assert.Equal(3, decoder.SlotOf("cart.total"));
        Assert.Equal(-1, decoder.SlotOf("cart.nothing"));
    }

    [Fact]
    public void Bytes_beyond_the_last_field_are_refused()
    {
        AvroSchema schema = AvroSchema.Parse("\"int\"");
        Assert.False(AvroJsonSink.TryDecode(AvroText.Decoder(schema, schema), [2, 0], out _, out AvroError error));
        Assert.Equal(new AvroError(AvroFault.TrailingBytes, 1), error);
    }

    [Fact]
    public void A_schema_that_expands_without_bound_is_refused()
    {
        var text = new System.Text.StringBuilder("{'type':'record','name':'Top','fields':[{'name':'f0','type':{'type':'record','name':'R0','fields':[]}}");
        for (int i = 1; i < 60; i++)
        {
            text.Append($",{{'name':'f{i}','type':{{'type':'record','name':'R{i}','fields':[{{'name':'a','type':'R{i - 1}'}},{{'name':'b','type':'R{i - 1}'}}]}}}}");
        }

        string bomb = Quoted(text.Append("]}").ToString());
        Assert.Contains("expand to more than", AvroText.Incompatibility(bomb, bomb), StringComparison.Ordinal);
    }

    private static string Chain(int length) => length == 0 ? "null" : $$"""{"id":{{length}},"next":{{Chain(length - 1)}}}""";

    private static string Quoted(string json) => json.Replace('\'', '"');

    /// <summary>A record R with fields written as <c>name:type</c>, with ' for ".</summary>
    private static string Record(params string[] fields)
    {
        IEnumerable<string> written = fields.Select(f => $"{{'name':'{f[..f.IndexOf(':')]}','type':{TypeOf(f[(f.IndexOf(':') + 1)..])}}}");
        return Quoted($"{{'type':'record','name':'R','fields':[{string.Join(',', written)}]}}");
    }

    private static string TypeOf(string text) =>
        text[0] is '\'' or '{' or '[' ? text
        : text.IndexOf(',', StringComparison.Ordinal) is var comma and >= 0 ? $"'{text[..comma]}'{text[comma..]}" : $"'{text}'";
}
