using System.Globalization;
using System.Text;

namespace StreamSegmenter.Connectors.Codecs.Avro.Schemas;

/// <summary>
/// Writes the specification's parsing canonical form: full names, the attributes name, type, fields, symbols, items,
/// values, size in that order and no others, no white space. A named type is written out where it first occurs.
/// </summary>
internal static class AvroCanonicalForm
{
    public static string Of(AvroSchema schema)
    {
        var text = new StringBuilder();
        Write(schema, text, new HashSet<string>(StringComparer.Ordinal));
        return text.ToString();
    }

    private static void Write(AvroSchema schema, StringBuilder text, HashSet<string> defined)
    {
        switch (schema)
        {
            case AvroNamedSchema named when !defined.Add(named.Name.Full):
                text.Append('"').Append(named.Name.Full).Append('"');
                break;
            case AvroRecordSchema record:
                WriteRecord(record, text, defined);
                break;
            case AvroEnumSchema symbols:
                OpenNamed(symbols, text).Append(",\"symbols\":[\"").AppendJoin("\",\"", symbols.Symbols).Append("\"]}");
                break;
            case AvroFixedSchema bytes:
                OpenNamed(bytes, text).Append(CultureInfo.InvariantCulture, $",\"size\":{bytes.SizeBytes}}}");
                break;
            case AvroArraySchema array:
                text.Append("{\"type\":\"array\",\"items\":");
                Write(array.Items, text, defined);
                text.Append('}');
                break;
            case AvroMapSchema map:
                text.Append("{\"type\":\"map\",\"values\":");
                Write(map.Values, text, defined);
                text.Append('}');
                break;
            case AvroUnionSchema union:
                WriteUnion(union, text, defined);
                break;
            default:
                text.Append('"').Append(AvroSchema.TypeKeyword(schema.Type)).Append('"');
                break;
        }
    }

    private static StringBuilder OpenNamed(AvroNamedSchema named, StringBuilder text) => text
        .Append("{\"name\":\"").Append(named.Name.Full)
        .Append("\",\"type\":\"").Append(AvroSchema.TypeKeyword(named.Type)).Append('"');

    private static void WriteRecord(AvroRecordSchema record, StringBuilder text, HashSet<string> defined)
    {
        OpenNamed(record, text).Append(",\"fields\":[");
        for (int i = 0; i < record.Fields.Count; i++)
        {
            text.Append(i == 0 ? "" : ",").Append("{\"name\":\"").Append(record.Fields[i].Name).Append("\",\"type\":");
            Write(record.Fields[i].Schema, text, defined);
            text.Append('}');
        }

        text.Append("]}");
    }

    private static void WriteUnion(AvroUnionSchema union, StringBuilder text, HashSet<string> defined)
    {
        text.Append('[');
        for (int i = 0; i < union.Branches.Count; i++)
        {
            text.Append(i == 0 ? "" : ",");
            Write(union.Branches[i], text, defined);
        }

        text.Append(']');
    }
}
