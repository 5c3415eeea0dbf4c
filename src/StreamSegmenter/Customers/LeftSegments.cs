using System.Text;
using System.Text.Json;
using StreamSegmenter.Segments;

namespace StreamSegmenter.Customers;

/// <summary>Memberships in segments that are no longer defined, of a record that came from older definitions: kept until its
/// subscribers were told.</summary>
internal static class LeftSegments
{
    private sealed record Left(string Id, string Version, long SinceMs);

    public static void Add(CustomerRecord record, SegmentPlace segment, long sinceMs)
    {
        var left = Read(record);
        left.Add(new Left(segment.Id, segment.Version, sinceMs));
        var bytes = JsonSerializer.SerializeToUtf8Bytes(left);
        bytes.CopyTo(record.ResizeSection(SectionKind.LeftSegments, 0, bytes.Length));
        record.Header.Flags |= CustomerFlags.HasLeftSegments;
    }

    /// <summary>Appends an exit for each and forgets them. The instant of the exit is the one at which the definitions changed for
    /// this customer; there is no trait to show for it.</summary>
    public static void Tell(CustomerRecord record, ReadOnlySpan<byte> customerKey, long nowMs, List<MembershipChange> changes)
    {
        var customerId = Encoding.UTF8.GetString(customerKey);
        foreach (var left in Read(record))
        {
            changes.Add(new MembershipChange(left.Id, left.Version, MembershipKind.Exited, customerId, nowMs, left.SinceMs, []));
        }

        record.ResizeSection(SectionKind.LeftSegments, 0, 0);
        record.Header.Flags &= ~CustomerFlags.HasLeftSegments;
    }

    private static List<Left> Read(CustomerRecord record)
    {
        var section = record.Section(SectionKind.LeftSegments, 0);
        return section.IsEmpty ? [] : JsonSerializer.Deserialize<List<Left>>(section)!;
    }
}
