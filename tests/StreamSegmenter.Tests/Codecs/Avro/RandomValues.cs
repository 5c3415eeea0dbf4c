using System.Globalization;
using global::Avro;

namespace StreamSegmenter.Tests.Codecs.Avro;

/// <summary>Makes up schemas and values that fit them, as JSON text, from one seed.</summary>
internal sealed class RandomValues(Random random)
{
    private static readonly string[] Scalars = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"];
    private int _names;

    public string SchemaText(int depth)
    {
        switch (random.Next(depth <= 0 ? 3 : 9))
        {
            case 3:
                return $$"""{"type":"array","items":{{SchemaText(depth - 1)}}}""";
            case 4:
                return $$"""{"type":"map","values":{{SchemaText(depth - 1)}}}""";
            case 5 or 6:
                string fields = string.Join(',', Enumerable.Range(0, random.Next(5)).Select(i => $$"""{"name":"f{{i}}","type":{{SchemaText(depth - 1)}}}"""));
                return $$"""{"type":"record","name":"N{{_names++}}","fields":[{{fields}}]}""";
            case 7:
                return """["null","long","string"]""";
            case 8:
                return random.Next(2) == 0
                    ? $$"""{"type":"enum","name":"N{{_names++}}","symbols":["A","B","C"]}"""
                    : $$"""{"type":"fixed","name":"N{{_names++}}","size":{{random.Next(1, 5)}}}""";
            default:
                return $"\"{Scalars[random.Next(Scalars.Length)]}\"";
        }
    }

    public string Value(Schema schema) => schema switch
    {
        RecordSchema record => "{" + string.Join(',', record.Fields.Select(f => $"\"{f.Name}\":{Value(f.Schema)}")) + "}",
        ArraySchema array => "[" + string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => Value(array.ItemSchema))) + "]",
        MapSchema map => "{" + string.Join(',', Enumerable.Range(0, random.Next(4)).Select(i => $"\"k{i}\":{Value(map.ValueSchema)}")) + "}",
        UnionSchema union => Value(union.Schemas[random.Next(union.Count)]),
        EnumSchema symbols => $"\"{symbols.Symbols[random.Next(symbols.Symbols.Count)]}\"",
        FixedSchema bytes => $"\"{new string('x', bytes.Size)}\"",
        _ => Scalar(schema.Tag),
    };

    private string Scalar(Schema.Type type) => type switch
    {
        Schema.Type.Null => "null",
        Schema.Type.Boolean => random.Next(2) == 0 ? "true" : "false",
        Schema.Type.Int => random.Next(int.MinValue, int.MaxValue).ToString(CultureInfo.InvariantCulture),
        Schema.Type.Long => random.NextInt64(long.MinValue, long.MaxValue).ToString(CultureInfo.InvariantCulture),
        Schema.Type.Float or Schema.Type.Double => (random.Next(-1000, 1000) / 8.0).ToString(CultureInfo.InvariantCulture),
        _ => $"\"{new string((char)random.Next('a', 'z'), random.Next(9))}\"",
    };
}
