using StreamSegmenter.Customers;

namespace StreamSegmenter.Tests.Customers;

public sealed class RecordMigrationTests
{
    [Fact]
    public void Header_carts_and_attributes_come_along_and_what_the_definitions_dictate_begins_anew()
    {
        var record = Load(24, 8);

        Assert.Equal((3u, 2u, 500L), (record.Header.Sessions, record.Header.Orders, record.Header.LastSeenMs));
        Assert.Equal(24, record.Header.TraitBytes);
        Assert.Equal(8u, record.Header.LayoutHash);
        Assert.Equal(new byte[24], record.Traits.ToArray());
        Assert.Equal([1, 1, 1], record.Section(SectionKind.Cart, 4).ToArray());
        Assert.Equal([2, 2], record.Section(SectionKind.Attribute, 9).ToArray());
        Assert.Equal([5], record.Section(SectionKind.CartRules, 0).ToArray());
        Assert.True(record.Section(SectionKind.Panes, 0).IsEmpty);
        Assert.True(record.Section(SectionKind.Trait, 0).IsEmpty);
    }

    [Fact]
    public void The_new_segments_are_due_at_once_and_the_carts_as_they_were()
    {
        var record = Load(24, 8);

        Assert.Equal(600, record.Header.SegmentsDueMs);
        Assert.Equal(600, record.Header.NextDueMs);
        Assert.Equal(900, record.Header.CartsDueMs);
        Assert.Equal(900, record.Header.WheelDueMs);
    }

    [Fact]
    public void Under_the_same_definitions_nothing_changes() =>
        Assert.Equal(Stored().ToArray(), Load(16, 7).Bytes.ToArray());

    private static CustomerRecord Load(int traitBytes, uint layoutHash)
    {
        var record = new CustomerRecord();
        record.Initialize(64, 1);
        record.ResizeSection(SectionKind.Cart, 0, 50).Fill(77);
        record.Load(Stored().Span, traitBytes, layoutHash);
        return record;
    }

    private static ReadOnlyMemory<byte> Stored()
    {
        var record = new CustomerRecord();
        record.Initialize(16, 7);
        record.Traits.Fill(3);
        record.Header.Sessions = 3;
        record.Header.Orders = 2;
        record.Header.LastSeenMs = 500;
        record.Header.ClockMs = 600;
        record.Header.CartsDueMs = record.Header.NextDueMs = record.Header.WheelDueMs = 900;
        record.ResizeSection(SectionKind.Panes, 0, 16).Fill(1);
        record.ResizeSection(SectionKind.Cart, 4, 3).Fill(1);
        record.ResizeSection(SectionKind.Trait, 0, 4).Fill(1);
        record.ResizeSection(SectionKind.Attribute, 9, 2).Fill(2);
        record.ResizeSection(SectionKind.CartRules, 0, 1).Fill(5);
        return record.Bytes;
    }
}
