using StreamSegmenter.Engine.State;

namespace StreamSegmenter.Tests.State;

public sealed class KeyArenaTests
{
    [Fact]
    public void The_room_of_a_removed_key_is_used_again()
    {
        var arena = new KeyArena();
        var first = arena.Add("customer-1"u8);
        arena.Add("customer-2"u8);
        arena.Remove(first);

        Assert.Equal(first, arena.Add("customer-3"u8));
        Assert.Equal("customer-3"u8, arena[first]);
    }

    [Fact]
    public void Keys_fill_pages_without_crossing_their_borders()
    {
        var arena = new KeyArena();
        var key = new byte[StateKey.BytesMax];
        var handles = new List<int>();
        for (var i = 0; i < 3000; i++)
        {
            key.AsSpan().Fill((byte)(i % 251));
            handles.Add(arena.Add(key));
        }

        Assert.Equal(3 << 20, arena.Bytes);
        for (var i = 0; i < handles.Count; i++)
        {
            key.AsSpan().Fill((byte)(i % 251));
            Assert.True(arena[handles[i]].SequenceEqual(key), $"key {i}");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void It_holds_what_a_dictionary_holds(int seed)
    {
        var random = new Random(seed);
        var arena = new KeyArena();
        var model = new Dictionary<int, byte[]>();
        for (var step = 0; step < 20_000; step++)
        {
            if (model.Count > 0 && random.Next(100) < 48)
            {
                var handle = model.Keys.ElementAt(random.Next(Math.Min(model.Count, 20)));
                Assert.True(arena[handle].SequenceEqual(model[handle]));
                arena.Remove(handle);
                model.Remove(handle);
                continue;
            }

            var key = new byte[random.Next(4) == 0 ? random.Next(StateKey.BytesMax + 1) : random.Next(1, 30)];
            random.NextBytes(key);
            Assert.True(model.TryAdd(arena.Add(key), key), "a handle was given twice");
        }

        Assert.All(model, entry => Assert.True(arena[entry.Key].SequenceEqual(entry.Value)));
    }
}
