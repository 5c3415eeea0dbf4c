using global::Avro;
using StreamSegmenter.Connectors.Codecs.Avro.Schemas;

namespace StreamSegmenter.Tests.Codecs.Avro;

public sealed class AvroSchemaTests
{
    private const int CaseCount = 34;

    public static TheoryData<int> CaseNumbers()
    {
        var numbers = new TheoryData<int>();
        for (int i = 0; i < CaseCount; i++)
        {
            numbers.Add(i);
        }

        return numbers;
    }

    [Theory]
    [MemberData(nameof(CaseNumbers))]
    public void Canonical_forms_and_fingerprints_are_those_of_other_implementations(int number)
    {
        List<SchemaCases.Case> cases = SchemaCases.Read(SharedData.PathOf("avro/schema-tests.txt"));
        Assert.Equal(CaseCount, cases.Count);
        SchemaCases.Case expected = cases[number];

        AvroSchema schema = AvroSchema.Parse(expected.Input);

        Assert.Equal(expected.Canonical, schema.CanonicalForm);
        Assert.Equal(schema.CanonicalForm, AvroSchema.Parse(schema.CanonicalForm).CanonicalForm);
        if (expected.Fingerprint is { } fingerprint)
        {
            Assert.Equal(fingerprint, unchecked((long)schema.Fingerprint));
        }
    }

    [Fact]
    public void A_name_without_a_dot_takes_the_enclosing_namespace()
    {
        RecordSchema outer = AvroSchema.Parse("""
            {"type":"record","name":"a.b.Outer","fields":[
              {"name":"x","type":{"type":"fixed","name":"Inner","size":4}},
              {"name":"y","type":"Inner"},
              {"name":"z","type":"a.b.Inner"},
              {"name":"o","type":["null",{"type":"enum","name":"E","namespace":"","symbols":["S"]}],"default":null}]}
            """).Record!;

        Assert.Equal("a.b.Inner", ((FixedSchema)outer.Fields[0].Schema).FullName());
        Assert.Same(outer.Fields[0].Schema, outer.Fields[1].Schema);
        Assert.Same(outer.Fields[0].Schema, outer.Fields[2].Schema);
        Assert.Equal("E", ((EnumSchema)((UnionSchema)outer.Fields[3].Schema)[1]).FullName());
    }

    [Theory]
    [InlineData("""{"type":"long","logicalType":"timestamp-millis"}""", AvroLogicalKind.TimestampMillis)]
    [InlineData("""{"type":"long","logicalType":"timestamp-micros"}""", AvroLogicalKind.TimestampMicros)]
    [InlineData("""{"type":"int","logicalType":"date"}""", AvroLogicalKind.Date)]
    [InlineData("""{"type":"string","logicalType":"uuid"}""", AvroLogicalKind.Uuid)]
    [InlineData("""{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}""", AvroLogicalKind.Decimal)]
    [InlineData("""{"type":"fixed","name":"D","size":4,"logicalType":"decimal","precision":9}""", AvroLogicalKind.Decimal)]
    [InlineData("""{"type":"fixed","name":"D","size":4,"logicalType":"decimal","precision":10}""", AvroLogicalKind.None)]
    [InlineData("""{"type":"bytes","logicalType":"decimal","precision":2,"scale":3}""", AvroLogicalKind.None)]
    [InlineData("""{"type":"string","logicalType":"timestamp-millis"}""", AvroLogicalKind.None)]
    [InlineData("""{"type":"long","logicalType":"fortnights"}""", AvroLogicalKind.None)]
    public void A_logical_type_is_recognised_where_it_fits_and_ignored_elsewhere(string json, Enum expected) =>
        Assert.Equal((AvroLogicalKind)expected, AvroLogicalType.Of(AvroSchema.Parse(json).Root).Kind);

    [Theory]
    [InlineData("{", "line 1")]
    [InlineData("3", "$: a schema is a name, an object or an array of schemas, not 3")]
    [InlineData("\"sting\"", "$: unknown type 'sting'. Did you mean 'string'?")]
    [InlineData("\"record\"", "$: 'record' needs attributes")]
    [InlineData("""{"name":"x"}""", "$: the attribute 'type' is missing")]
    [InlineData("""{"type":"record","name":"R"}""", "$: the attribute 'fields' is missing")]
    [InlineData("""{"type":"record","name":"1R","fields":[]}""", "$.name: '1R' is not a name")]
    [InlineData("""{"type":"record","name":"int","fields":[]}""", "$.name: 'int' is a primitive type")]
    [InlineData(
        """{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"a","type":"int"}]}""",
        "$.fields[1].name: the record 'R' already has a field 'a'")]
    [InlineData(
        """{"type":"record","name":"R","fields":[{"name":"a","type":"int","default":"x"}]}""",
        "$.fields[0].default: not a default of type int: \"x\" is not a value of type int")]
    [InlineData(
        """{"type":"record","name":"n.R","fields":[{"name":"a","type":{"type":"enum","name":"o.E","symbols":["A"]}},{"name":"b","type":"E"}]}""",
        "$.fields[1].type: unknown type 'E' (looked for 'n.E'). Did you mean 'o.E'?")]
    [InlineData("""["null",["int"]]""", "$[1]: a union may not directly hold another union")]
    [InlineData("""["int","int"]""", "$[1]: the union already holds 'int'")]
    [InlineData("""[{"type":"map","values":"int"},{"type":"map","values":"long"}]""", "$[1]: the union already holds 'map'")]
    [InlineData("""{"type":"enum","name":"E","symbols":["A","A"]}""", "$.symbols[1]: the symbol 'A' is listed twice")]
    [InlineData("""{"type":"enum","name":"E","symbols":["ALPHA"],"default":"ALPHE"}""", "Did you mean 'ALPHA'?")]
    [InlineData("""{"type":"fixed","name":"F","size":-1}""", "$.size: -1 is not a size")]
    [InlineData("""{"type":"array"}""", "$: the attribute 'items' is missing")]
    [InlineData("""{"type":"int","type":"long"}""", "not valid JSON")]
    [InlineData("""{"type":"\ud800"}""", "half a surrogate pair")]
    public void An_error_has_its_place_the_reason_and_the_nearest_remedy(string schema, string expected) =>
        Assert.Contains(expected, AvroText.SchemaError(schema), StringComparison.Ordinal);

    [Fact]
    public void A_schema_nested_beyond_the_limit_is_refused_and_not_a_stack_overflow()
    {
        string nested = string.Concat(Enumerable.Repeat("""{"type":"array","items":""", 100_000));
        Assert.Contains("depth", AvroText.SchemaError(nested), StringComparison.OrdinalIgnoreCase);

        // The same by references: each record holds the one before, all side by side in a union.
        var chain = new System.Text.StringBuilder("[{\"type\":\"record\",\"name\":\"R0\",\"fields\":[]}");
        for (int i = 1; i < 5000; i++)
        {
            chain.Append($",{{\"type\":\"record\",\"name\":\"R{i}\",\"fields\":[{{\"name\":\"f\",\"type\":\"R{i - 1}\"}}]}}");
        }

        Assert.Contains("nest more than 64", AvroText.SchemaError(chain.Append(']').ToString()), StringComparison.Ordinal);
    }

    [Fact]
    public void Defaults_that_double_at_every_level_are_refused()
    {
        // R1 holds two R0, R2 two R1, and so on: the default of the last would take 2^50 bytes.
        var text = new System.Text.StringBuilder("[{\"type\":\"record\",\"name\":\"R0\",\"fields\":[{\"name\":\"a\",\"type\":\"int\",\"default\":1}]}");
        for (int i = 1; i < 50; i++)
        {
            text.Append($",{{\"type\":\"record\",\"name\":\"R{i}\",\"fields\":[")
                .Append($"{{\"name\":\"a\",\"type\":\"R{i - 1}\",\"default\":{{}}}},{{\"name\":\"b\",\"type\":\"R{i - 1}\",\"default\":{{}}}}]}}");
        }

        Assert.Contains("too large", AvroText.SchemaError(text.Append(']').ToString()), StringComparison.Ordinal);
    }

    [Fact]
    public void Comments_in_a_schema_file_are_passed_over() =>
        Assert.Equal("\"int\"", AvroSchema.Parse("// a licence\n/* or two */ \"int\"").CanonicalForm);
}
