using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using StreamSegmenter.Customers;

namespace StreamSegmenter.Segments;

/// <summary>What a customer's record says about one segment; the first part of the aggregate area, one behind the other
/// in the order of the definitions.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 8)]
internal struct MembershipSlot
{
    /// <summary>The instant at which the membership began; 0: not a member.</summary>
    public long SinceMs;

    /// <summary>The earliest instant at which the answer can change by time alone; 0: never evaluated.</summary>
    public long DueMs;

    public static readonly int Bytes = Unsafe.SizeOf<MembershipSlot>();

    public readonly bool IsMember => SinceMs != 0;

    public static ref MembershipSlot Of(CustomerRecord record, int segment) => ref All(record, segment + 1)[segment];

    public static Span<MembershipSlot> All(CustomerRecord record, int segmentCount) =>
        MemoryMarshal.Cast<byte, MembershipSlot>(record.Aggregates[..(segmentCount * Bytes)]);
}
