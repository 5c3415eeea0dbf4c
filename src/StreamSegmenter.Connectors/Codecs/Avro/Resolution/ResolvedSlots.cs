using System.Text.Json;
using global::Avro;

namespace StreamSegmenter.Connectors.Codecs.Avro.Resolution;

/// <summary>Numbers the reader's fields by path in the order in which the compiler meets them.</summary>
internal sealed class ResolvedSlots
{
    public List<AvroSlot> All { get; } = [];

    public Dictionary<string, int> OfPath { get; } = new(StringComparer.Ordinal);

    /// <summary>All fields of one record in a row, so that a top-level record's fields have their positions as slots.</summary>
    public void AddRecord(RecordSchema record, string path)
    {
        foreach (Field field in record.Fields)
        {
            string at = Join(path, field.Name);
            if (OfPath.TryAdd(at, All.Count))
            {
                All.Add(new AvroSlot(at, field.Schema, JsonEncodedText.Encode(field.Name)));
            }
        }
    }

    public int Of(string path) => OfPath[path];

    public static string Join(string path, string field) => path.Length == 0 ? field : $"{path}.{field}";
}
