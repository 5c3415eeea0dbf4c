using StreamSegmenter.Engine.State;

namespace StreamSegmenter.Tests.State;

public sealed class ShardRecordTests
{
    private static readonly ShardRecord Example = new(
        -5, [new InputPosition(20, [new HeldRange(10, 0, 3), new HeldRange(15, 2, 1)]), InputPosition.Unknown, new InputPosition(7, [])])
    { Group = "größe" };

    [Fact]
    public void It_survives_the_changelog()
    {
        var back = ShardRecord.Decode(Example.Encode());

        Assert.Equal(Example.WatermarkMs, back.WatermarkMs);
        Assert.Equal(Example.Group, back.Group);
        Assert.Equal(Example.Inputs.Select(input => input.Position), back.Inputs.Select(input => input.Position));
        Assert.Equal(Example.Inputs.SelectMany(input => input.Held), back.Inputs.SelectMany(input => input.Held));
    }

    [Fact]
    public void Cut_off_anywhere_it_is_refused()
    {
        var bytes = Example.Encode();
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => ShardRecord.Decode(bytes.AsSpan(0, length)));
        }

        Assert.Throws<InvalidDataException>(() => ShardRecord.Decode([.. bytes, 0]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    public void An_older_or_newer_version_is_refused_with_what_to_do(byte version)
    {
        var bytes = Example.Encode();
        bytes[0] = version;

        Assert.Contains($"version {version}", Assert.Throws<InvalidDataException>(() => ShardRecord.Decode(bytes)).Message);
    }

    [Fact]
    public void Damaged_bytes_are_refused_or_read_but_never_anything_else()
    {
        var random = new Random(1);
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = Example.Encode();
            for (var flips = random.Next(1, 4); flips > 0; flips--)
            {
                bytes[random.Next(1, bytes.Length)] ^= (byte)(1 << random.Next(8));
            }

            try
            {
                ShardRecord.Decode(bytes);
            }
            catch (InvalidDataException)
            {
            }
        }
    }

    [Theory]
    [InlineData(9, 0, true)]
    [InlineData(10, 0, false)]
    [InlineData(10, 1, true)]
    [InlineData(12, 0, false)]
    [InlineData(13, 0, true)]
    [InlineData(15, 1, true)]
    [InlineData(15, 2, false)]
    [InlineData(19, 0, true)]
    [InlineData(20, 0, false)]
    public void Everything_before_the_position_is_folded_but_for_the_held_runs(long offset, int index, bool folded) =>
        Assert.Equal(folded, Example.Inputs[0].IsFolded(offset, index));

    [Fact]
    public void A_restart_reads_from_the_oldest_held_event() =>
        Assert.Equal([10L, -1, 7], Example.Inputs.Select(input => input.RestartOffset));

    [Fact]
    public void Two_positions_differ_when_one_of_the_held_events_between_their_ends_is_folded()
    {
        var before = new InputPosition(10, [new HeldRange(3, 0, 1), new HeldRange(7, 0, 1)]);
        Assert.True(before.IsAt(new InputPosition(10, [new HeldRange(3, 0, 1), new HeldRange(7, 0, 1)])));
        Assert.False(before.IsAt(new InputPosition(10, [new HeldRange(3, 0, 1)])));
        Assert.False(before.IsAt(new InputPosition(11, [new HeldRange(3, 0, 1), new HeldRange(7, 0, 1)])));
    }
}
