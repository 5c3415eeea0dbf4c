using System.Text.Json;

namespace StreamSegmenter.Customers;

/// <summary>Memberships in segments that are no longer defined, of a record that came from older definitions: kept until its
/// subscribers received.</summary>
internal static class LeftSegments
{
    internal sealed record Left(string Id, string Version, long SinceMs);

    public static void Add(CustomerRecord record, SegmentLayout segment, long sinceMs)
    {
        var left = Read(record);
        left.Add(new Left(segment.Id, segment.Version, sinceMs));
        var bytes = JsonSerializer.SerializeToUtf8Bytes(left);
        bytes.CopyTo(record.ResizeSection(SectionKind.LeftSegments, 0, bytes.Length));
        record.Header.Flags |= CustomerFlags.HasLeftSegments;
    }

    /// <summary>Takes them out of the record.</summary>
    public static IReadOnlyList<Left> TakeAll(CustomerRecord record)
    {
        var left = Read(record);
        record.ResizeSection(SectionKind.LeftSegments, 0, 0);
        record.Header.Flags &= ~CustomerFlags.HasLeftSegments;
        return left;
    }

    private static List<Left> Read(CustomerRecord record)
    {
        var section = record.Section(SectionKind.LeftSegments, 0);
        return section.IsEmpty ? [] : JsonSerializer.Deserialize<List<Left>>(section)!;
    }
}
