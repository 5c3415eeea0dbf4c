using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace StreamSegmenter.Customers;

/// <summary>Carries a record over to new definitions when it is next touched: the header, the carts and the attributes say the
/// same under any definitions; trait area and sparse panes mean something only under those that wrote them.</summary>
internal static class RecordMigration
{
    private const int SectionHeaderBytes = 8;

    public static void Carry(ReadOnlySpan<byte> stored, CustomerRecord record, int traitBytes, uint layoutHash)
    {
        var headerBytes = Unsafe.SizeOf<CustomerHeader>();
        var old = MemoryMarshal.Read<CustomerHeader>(stored);
        record.Initialize(traitBytes, layoutHash);
        record.Header = old;
        record.Header.LayoutHash = layoutHash;
        record.Header.TraitBytes = traitBytes;

        // Due at once: the new segments are evaluated at the first opportunity.
        record.Header.SegmentsDueMs = old.ClockMs;
        record.Header.NextDueMs = Math.Min(old.NextDueMs, old.ClockMs);
        for (var rest = stored[(headerBytes + old.TraitBytes)..]; !rest.IsEmpty;)
        {
            var kind = BinaryPrimitives.ReadUInt16LittleEndian(rest);
            var id = BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]);
            var length = BinaryPrimitives.ReadInt32LittleEndian(rest[4..]);
            if (kind is not (SectionKind.Panes or SectionKind.Trait))
            {
                rest.Slice(SectionHeaderBytes, length).CopyTo(record.ResizeSection(kind, id, length));
            }

            rest = rest[(SectionHeaderBytes + length)..];
        }
    }
}
