using System.Text;
using StreamSegmenter.Engine.State;

namespace StreamSegmenter.Tests.State;

public sealed class CustomerStoreTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("customer-store-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_key_that_is_not_there_brings_no_value()
    {
        using var store = new CustomerStore(_directory, 0);

        Assert.False(store.TryRead("a"u8, out _));
    }

    [Fact]
    public void A_value_that_grows_by_a_little_stays_where_it_lies()
    {
        using var store = new CustomerStore(_directory, 0);
        var place = store.Upsert(Key(1), Value(1, 300));

        Assert.Equal(place, store.Upsert(Key(1), Value(1, 340), place));
        Assert.True(store.TryRead(Key(1), out var value));
        Assert.Equal(Value(1, 340), value.ToArray());
        Assert.NotEqual(place, store.Upsert(Key(1), Value(1, 500), place));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(129)]
    public void A_value_of_any_length_comes_back_from_its_stored_form(int length)
    {
        var stored = new byte[StoredValue.LengthOf(length)];
        StoredValue.Write(Value(1, length), stored);

        Assert.Equal(Value(1, length), StoredValue.Read(stored).ToArray());
    }

    [Fact]
    public void Values_shrink_and_grow_where_they_are_and_a_scan_finds_what_lies_behind_them()
    {
        using var store = new CustomerStore(_directory, 0);
        for (var i = 0; i < 200; i++)
        {
            store.Upsert(Key(i), Value(i, 400));
        }

        // In memory still, so each is overwritten in place; lengths that are no multiple of anything.
        for (var length = 399; length > 0; length -= 37)
        {
            for (var i = 0; i < 200; i += 3)
            {
                store.Upsert(Key(i), Value(i, length));
            }

            Assert.Equal(200, Scan(store).Count);
        }

        for (var i = 0; i < 200; i += 3)
        {
            store.Upsert(Key(i), Value(i, 777));
        }

        var found = Scan(store);
        for (var i = 0; i < 200; i++)
        {
            Assert.Equal(Value(i, i % 3 == 0 ? 777 : 400), found[Encoding.UTF8.GetString(Key(i))]);
        }
    }

    [Fact]
    public void A_deleted_key_is_gone_from_reads_and_scans_until_it_is_written_again()
    {
        using var store = new CustomerStore(_directory, 0);
        store.Upsert("a"u8, "first"u8);
        store.Upsert("b"u8, "other"u8);
        store.Delete("a"u8);

        Assert.False(store.TryRead("a"u8, out _));
        Assert.Equal(["b"], Scan(store).Keys);

        store.Upsert("a"u8, "second, and longer"u8);
        Assert.True(store.TryRead("a"u8, out var value));
        Assert.Equal("second, and longer"u8, value);
    }

    [Fact]
    public void Reads_that_go_to_disk_come_back_with_their_own_token()
    {
        using var store = new CustomerStore(_directory, 0);
        const int Keys = 6000;
        for (var i = 0; i < Keys; i++)
        {
            store.Upsert(Key(i), Value(i, 2000 + (i % 100)));
        }

        var reader = new Collector();
        for (var i = 0; i < Keys; i += 7)
        {
            store.BeginRead(Key(i), i, reader);
            store.BeginRead(Key(Keys + i), i + Keys, reader);
        }

        store.CompleteReads();
        Assert.Equal((Keys + 6) / 7, reader.Values.Count);
        Assert.All(reader.Values, entry => Assert.Equal(Value(entry.Key, 2000 + (entry.Key % 100)), entry.Value));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void It_holds_what_a_dictionary_holds_although_most_of_it_lies_on_disk(int seed)
    {
        using var store = new CustomerStore(_directory, 0);
        var random = new Random(seed);
        var model = new Dictionary<string, byte[]>();
        for (var step = 0; step < 12_000; step++)
        {
            var id = random.Next(random.Next(2) == 0 ? 40 : 4000);
            var name = Encoding.UTF8.GetString(Key(id));
            switch (random.Next(10))
            {
                case < 6:
                    model[name] = Value(step, random.Next(3) == 0 ? random.Next(1, 6000) : random.Next(1, 600));
                    store.Upsert(Key(id), model[name]);
                    break;
                case 6:
                    model.Remove(name);
                    store.Delete(Key(id));
                    break;
                default:
                    Assert.Equal(model.TryGetValue(name, out var expected), store.TryRead(Key(id), out var value));
                    Assert.True(value.SequenceEqual(expected), $"seed {seed}, step {step}: {name}");
                    break;
            }
        }

        Assert.True(model.Values.Sum(value => value.Length) > 2 << 20);
        Assert.Equal(model.OrderBy(entry => entry.Key), Scan(store).OrderBy(entry => entry.Key));
    }

    /// <summary>Far more keys than the index has places: chains of strangers, in memory, on disk, and from one to the other.</summary>
    [Fact]
    public void A_scan_finds_each_key_once_also_where_many_share_a_place_in_the_index()
    {
        using var store = new CustomerStore(_directory, 0);
        const int Keys = 60_000;
        for (var i = 0; i < Keys; i++)
        {
            store.Upsert(BitConverter.GetBytes(i), BitConverter.GetBytes(i));
        }

        for (var i = 0; i < Keys; i += 3)
        {
            store.Upsert(BitConverter.GetBytes(i), BitConverter.GetBytes((long)i + Keys));
        }

        for (var i = 0; i < Keys; i += 10)
        {
            store.Delete(BitConverter.GetBytes(i));
        }

        var seen = new HashSet<int>();
        store.Scan((key, value) =>
        {
            var id = BitConverter.ToInt32(key);
            Assert.True(seen.Add(id) && id % 10 != 0);
            Assert.Equal(id % 3 == 0 ? id + Keys : id, value.Length == 8 ? BitConverter.ToInt64(value) : BitConverter.ToInt32(value));
        });
        Assert.Equal(Keys - (Keys / 10), seen.Count);
    }

    [Fact]
    public void Its_files_are_gone_when_it_is_closed()
    {
        using (var store = new CustomerStore(_directory, 0))
        {
            for (var i = 0; i < 5000; i++)
            {
                store.Upsert(Key(i), Value(i, 2000));
            }

            Assert.NotEmpty(Directory.GetFiles(_directory));
        }

        Assert.Empty(Directory.GetFiles(_directory));
    }

    private static byte[] Key(int id) => Encoding.UTF8.GetBytes("customer-" + id + new string('x', id % 13));

    private static byte[] Value(int seed, int length)
    {
        var value = new byte[length];
        new Random(seed).NextBytes(value);
        return value;
    }

    private static Dictionary<string, byte[]> Scan(CustomerStore store)
    {
        var found = new Dictionary<string, byte[]>();
        store.Scan((key, value) => found.Add(Encoding.UTF8.GetString(key), value.ToArray()));
        return found;
    }

    private sealed class Collector : IStateReader
    {
        public Dictionary<int, byte[]> Values { get; } = [];

        public void OnValue(int token, ReadOnlySpan<byte> value) => Values.Add(token, value.ToArray());
    }
}
