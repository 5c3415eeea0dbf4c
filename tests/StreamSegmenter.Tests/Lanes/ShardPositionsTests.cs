using StreamSegmenter.Engine.Shards;
using StreamSegmenter.Engine.State;
using StreamSegmenter.Events;
using StreamSegmenter.Testing.Reference;

namespace StreamSegmenter.Tests.Lanes;

public sealed class ShardPositionsTests
{
    private readonly ReorderBuffer _buffer = new(64);
    private readonly EventBatch _batch = new();

    [Fact]
    public void A_shard_that_never_served_knows_nothing()
    {
        var positions = new ShardPositions(2, null);

        Assert.Equal((-1, -1), (positions.RestartOffset(0), positions.RestartOffset(1)));
        Assert.False(positions.IsFolded(0, 0, 0));
        Assert.Equal(-1, positions.Now([new(-1, -1), new(-1, -1)], _buffer)[0].RestartOffset);
    }

    [Fact]
    public void Held_events_become_runs_of_neighbouring_offsets()
    {
        foreach (var offset in (long[])[4, 9, 5, 6, 12])
        {
            Hold(offset);
        }

        var stand = new ShardPositions(1, null).Now([new(20, 20)], _buffer)[0];
        Assert.Equal([new HeldRange(4, 0, 3), new HeldRange(9, 0, 1), new HeldRange(12, 0, 1)], stand.Held);
        Assert.Equal((20, 4), (stand.Position, stand.RestartOffset));
    }

    [Fact]
    public void Of_a_record_with_several_events_each_is_known_by_its_place()
    {
        Hold(4, 2);
        Hold(4, 0);
        var stand = new ShardPositions(1, null).Now([new(5, 5)], _buffer)[0];

        Assert.Equal([new HeldRange(4, 0, 1), new HeldRange(4, 2, 1)], stand.Held);
        Assert.Equal([false, true, false], Enumerable.Range(0, 3).Select(index => stand.IsFolded(4, index)));
    }

    [Fact]
    public void While_it_reads_again_its_position_does_not_move()
    {
        var before = new InputPosition(20, [new HeldRange(10, 0, 3), new HeldRange(15, 0, 1)]);
        var positions = new ShardPositions(1, new ShardRecord(0, [before]));

        // Nothing read yet; then up to offset 11, of which 10 was released and 11 not.
        Assert.Equal(before.Held, positions.Now([new(-1, -1)], _buffer)[0].Held);
        Assert.Equal(20, positions.Now([new(-1, -1)], _buffer)[0].Position);
        Hold(11);
        var stand = positions.Now([new(12, 30)], _buffer)[0];
        Assert.Equal(20, stand.Position);
        Assert.Equal([new HeldRange(11, 0, 2), new HeldRange(15, 0, 1)], stand.Held);

        // Past the old position only what the buffer holds counts.
        Assert.Equal([new HeldRange(11, 0, 1)], positions.Now([new(21, 30)], _buffer)[0].Held);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Through_restarts_at_any_point_every_event_is_folded_once(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 100; round++)
        {
            var buffer = new ReorderBuffer(64);
            var folded = new List<long>();
            var committed = new List<long>();
            var times = Enumerable.Range(0, 40).Select(offset => (offset * 10) + random.Next(150)).ToArray();
            var positions = new ShardPositions(1, null);
            ShardRecord? record = null;
            long position = 0;
            long watermarkMs = 0;
            while (position < times.Length || buffer.Count > 0)
            {
                for (var count = random.Next(6); count > 0 && position < times.Length; count--, position++)
                {
                    if (!positions.IsFolded(0, position, 0))
                    {
                        Hold(position, 0, times[position], buffer);
                    }
                }

                watermarkMs = position == times.Length ? 10_000 : watermarkMs + random.Next(40);
                buffer.Release(watermarkMs);
                folded.AddRange(buffer.Released.ToArray().Select(place => buffer.Batch(place.Batch)[place.Index].Offset));
                if (random.Next(3) == 0)
                {
                    record = ShardRecord.Decode(new ShardRecord(watermarkMs, positions.Now([new(position, 40)], buffer)).Encode());
                    committed = [.. folded];
                }

                if (random.Next(6) == 0)
                {
                    buffer = new ReorderBuffer(64);
                    positions = new ShardPositions(1, record);
                    position = Math.Max(0, positions.RestartOffset(0));
                    watermarkMs = record?.WatermarkMs ?? 0;
                    folded = [.. committed];
                }
            }

            Assert.Equal(Enumerable.Range(0, 40).Select(offset => (long)offset), folded.Order());
        }
    }

    private void Hold(long offset, int index = 0, long timeMs = 1000, ReorderBuffer? buffer = null)
    {
        _batch.Clear();
        new Fact("c", timeMs, EventTypes.PageViewed).Write(_batch, 0, 0, offset, index);
        (buffer ?? _buffer).Add(_batch, in _batch[0]);
        if (buffer is null)
        {
            _buffer.Release(0);
        }
    }
}
