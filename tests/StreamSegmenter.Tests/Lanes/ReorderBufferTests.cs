using StreamSegmenter.Engine.Shards;
using StreamSegmenter.Events;
using StreamSegmenter.Testing.Reference;

namespace StreamSegmenter.Tests.Lanes;

public sealed class ReorderBufferTests
{
    private readonly EventBatch _batch = new();

    [Fact]
    public void An_event_at_exactly_the_watermark_stays_since_it_may_still_have_company()
    {
        var buffer = new ReorderBuffer(64);
        Add(buffer, 0, 0, 100);
        buffer.Release(100);
        Assert.Equal((0, 1), (buffer.ReleasedCount, buffer.Count));

        buffer.Release(101);
        Assert.Equal((1, 0), (buffer.ReleasedCount, buffer.Count));
    }

    [Fact]
    public void Events_of_one_instant_without_ids_come_by_offset_then_place_in_the_record()
    {
        var buffer = new ReorderBuffer(64);
        Add(buffer, 1, 0, 100);
        Add(buffer, 0, 7, 100, index: 1);
        Add(buffer, 0, 7, 100, index: 0);
        Add(buffer, 0, 3, 100);
        Add(buffer, 1, 9, 99);
        buffer.Release(500);

        Assert.Equal([(99, 1, 9, 0), (100, 1, 0, 0), (100, 0, 3, 0), (100, 0, 7, 0), (100, 0, 7, 1)], Released(buffer));
    }

    [Fact]
    public void Events_of_one_instant_come_by_what_they_mean_then_by_their_ids_whichever_input_they_are_of()
    {
        EventType[] inOrder =
        [
            EventTypes.Identify, EventTypes.PageViewed, EventTypes.ProductAdded, EventTypes.CheckoutStarted, EventTypes.CheckoutStepCompleted,
            EventTypes.PaymentFailed, EventTypes.OrderCompleted, EventTypes.OrderRefunded,
        ];
        var buffer = new ReorderBuffer(64);
        for (var i = inOrder.Length - 1; i >= 0; i--)
        {
            foreach (var id in (string[])["b", "a", "an-id-of-more-than-eight-bytes"])
            {
                _batch.Clear();
                new Fact("c" + id, 100, inOrder[i]) { EventId = id }.Write(_batch, i % 3, 0, i, 0);
                buffer.Add(_batch, in _batch[0]);
            }
        }

        buffer.Release(500);
        var released = buffer.Released.ToArray().Select(place => (Batch: buffer.Batch(place.Batch), place.Index)).ToArray();
        Assert.Equal(inOrder.SelectMany(type => Enumerable.Repeat(type, 3)), released.Select(place => place.Batch[place.Index].Type));
        var ids = released.Select(place => System.Text.Encoding.UTF8.GetString(place.Batch.Text(in place.Batch[place.Index], place.Batch[place.Index].EventId))).ToArray();
        Assert.All(Enumerable.Range(0, inOrder.Length), at =>
            Assert.True(Array.IndexOf(ids, "a", at * 3, 3) < Array.IndexOf(ids, "b", at * 3, 3)));
    }

    [Fact]
    public void A_cleared_buffer_holds_and_releases_nothing()
    {
        var buffer = new ReorderBuffer(64);
        Add(buffer, 0, 0, 100);
        Add(buffer, 0, 1, 1000);
        buffer.Release(500);
        Add(buffer, 0, 2, 600);
        buffer.Clear();
        buffer.Release(long.MaxValue);

        Assert.Equal((0, 0), (buffer.ReleasedCount, buffer.Count));
    }

    [Theory]
    [InlineData(64, 1)]
    [InlineData(64, 2)]
    [InlineData(1, 3)]
    [InlineData(1000, 4)]
    public void It_releases_what_sorting_everything_releases(long bucketMs, int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 60; round++)
        {
            var buffer = new ReorderBuffer(bucketMs);
            var held = new List<(long TimeMs, int Input, long Offset, int Index)>();
            var offsets = new long[3];
            long watermarkMs = random.Next(-5000, 5000);
            for (var step = 0; step < 60; step++)
            {
                for (var count = random.Next(8); count > 0; count--)
                {
                    var input = random.Next(3);
                    var timeMs = watermarkMs + random.Next(-50, random.Next(2) == 0 ? 60 : 3000);
                    Add(buffer, input, offsets[input], timeMs, index: 4);
                    held.Add((timeMs, input, offsets[input]++, 4));
                }

                watermarkMs += random.Next(3) * random.Next(random.Next(2) == 0 ? 40 : 900);
                watermarkMs = step == 59 ? long.MaxValue : watermarkMs;
                buffer.Release(watermarkMs);
                Assert.Equal(held.Where(e => e.TimeMs < watermarkMs).OrderBy(e => (e.TimeMs, e.Offset, e.Index, e.Input)), Released(buffer));
                held.RemoveAll(e => e.TimeMs < watermarkMs);
                Assert.Equal(held.Count, buffer.Count);
                var visited = new List<(long, int, long, int)>();
                buffer.VisitHeld(e => visited.Add((e.EventTimeMs, e.Input, e.Offset, e.IndexInRecord)));
                Assert.Equal(held.Order(), visited.Order());
            }
        }
    }

    private static List<(long, int, long, int)> Released(ReorderBuffer buffer)
    {
        var released = new List<(long, int, long, int)>();
        foreach (var place in buffer.Released)
        {
            var batch = buffer.Batch(place.Batch);
            ref readonly var e = ref batch[place.Index];
            Assert.Equal(place.EventTimeMs, e.EventTimeMs);
            Assert.Equal("c" + e.Offset, System.Text.Encoding.UTF8.GetString(batch.Text(in e, e.CustomerKey)));
            released.Add((e.EventTimeMs, e.Input, e.Offset, e.IndexInRecord));
        }

        return released;
    }

    private void Add(ReorderBuffer buffer, int input, long offset, long timeMs, int index = 0)
    {
        _batch.Clear();
        new Fact("c" + offset, timeMs, EventTypes.PageViewed).Write(_batch, input, 0, offset, index);
        buffer.Add(_batch, in _batch[0]);
    }
}
