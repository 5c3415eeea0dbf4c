using StreamSegmenter.Engine.State;

namespace StreamSegmenter.Tests.State;

public sealed class SupersededRecordsTests
{
    private const long SegmentBytes = 1 << 20;

    [Fact]
    public void It_holds_what_a_set_holds_of_records_that_lie_as_close_as_records_can()
    {
        var records = new SupersededRecords(SegmentBytes);
        var random = new Random(1);
        var expected = new HashSet<long>();
        for (var address = 64L; address < 3 * SegmentBytes; address += 24)
        {
            if (random.Next(3) == 0)
            {
                expected.Add(address);
                records.Add(address);
            }
        }

        for (var address = 64L; address < 3 * SegmentBytes; address += 24)
        {
            Assert.Equal(expected.Contains(address), records.Contains(address));
        }
    }

    [Fact]
    public void What_lies_in_files_that_are_gone_is_forgotten_and_not_remembered_again()
    {
        var records = new SupersededRecords(SegmentBytes);
        records.Add(SegmentBytes - 24);
        records.Add(SegmentBytes + 8);
        records.Forget(SegmentBytes + 4096);

        Assert.False(records.Contains(SegmentBytes - 24));
        Assert.True(records.Contains(SegmentBytes + 8));
        records.Add(SegmentBytes - 24);
        Assert.False(records.Contains(SegmentBytes - 24));
    }
}
