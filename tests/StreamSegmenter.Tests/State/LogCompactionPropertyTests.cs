using StreamSegmenter.Engine.State;

namespace StreamSegmenter.Tests.State;

/// <summary>Whatever is done to a store between the slices of its compaction, it holds what a dictionary holds: by reads, by a
/// scan, and by a fuzzy copy with what happened since applied to it.</summary>
public sealed class LogCompactionPropertyTests : IDisposable
{
    private const int Steps = 12_000;
    private const int Keys = 3000;
    private static readonly byte[][] AllKeys =
        [.. Strangers.Pairs(Keys / 4), .. Enumerable.Range(0, Keys / 2).Select(id => (byte[])[2, .. BitConverter.GetBytes(id), .. new byte[id % 13]])];

    private readonly string _directory = Directory.CreateTempSubdirectory("log-compaction-").FullName;
    private readonly Dictionary<string, byte[]> _model = [];
    private readonly List<(byte[] Key, byte[]? Value)> _since = [];
    private readonly Dictionary<string, byte[]> _copy = [];
    private readonly Found _found = new();
    private Random _random = new(0);
    private StoreSweep? _sweep;
    private int _laps;
    private int _copies;
    private long _freed;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void A_store_holds_what_a_dictionary_holds_whenever_its_log_is_compacted(int seed)
    {
        _random = new Random(seed);
        using var store = new CustomerStore(_directory, 0);
        for (var step = 0; step < Steps; step++)
        {
            Step(store, step, $"seed {seed}, step {step}");
        }

        _sweep?.Dispose();
        var expected = _model.OrderBy(entry => entry.Key).ToList();
        Assert.Equal(expected, Scan(store).OrderBy(entry => entry.Key));
        Assert.Equal(expected, Copy(store).OrderBy(entry => entry.Key));
        Assert.True(_laps > 5, $"{_laps} laps");
        Assert.True(_copies > 2, $"{_copies} copies");
        Assert.True(_freed > 4 << 20, $"{_freed} bytes freed");
    }

    private void Step(CustomerStore store, int step, string place)
    {
        // A few that are always in use, and many that lie on disk; half of them with a stranger in their places in the index.
        var key = AllKeys[_random.Next(_random.Next(3) == 0 ? 40 : Keys)];
        switch (_random.Next(20))
        {
            case < 9:
                Upsert(store, key, ValueOf(step), _random.Next(3) > 0);
                break;
            case 9 or 10:
                _model.Remove(Convert.ToHexString(key));
                _since.Add((key, null));
                store.Delete(key);
                break;
            case < 14:
                Assert.Equal(_model.TryGetValue(Convert.ToHexString(key), out var expected), store.TryRead(key, out var value));
                Assert.True(value.SequenceEqual(expected), $"{place}: {Convert.ToHexString(key)}");
                break;
            case < 17:
                Compact(store);
                break;
            case 17 when _random.Next(400) == 0:
                Assert.Equal(_model.OrderBy(entry => entry.Key), Scan(store).OrderBy(entry => entry.Key));
                break;
            case 18 when _sweep is not null || _random.Next(60) == 0:
                Sweep(store, place);
                break;
            default:
                break;
        }
    }

    /// <summary>As a commit does that loaded the customer before, or as a restore does, blindly.</summary>
    private void Upsert(CustomerStore store, byte[] key, byte[] value, bool isLoaded)
    {
        _found.At = 0;
        _found.Store = store;
        if (isLoaded)
        {
            store.BeginRead(key, 0, _found);
            store.CompleteReads();
            if (_random.Next(4) == 0)
            {
                // What was found may have moved when it is overwritten.
                Compact(store);
            }
        }

        store.Upsert(key, value, _found.At);
        _model[Convert.ToHexString(key)] = value;
        _since.Add((key, value));
    }

    private void Compact(CustomerStore store)
    {
        if (store.IsSwept)
        {
            Assert.False(store.Compaction.IsDue);
            return;
        }

        if (!store.Compaction.IsRunning && !store.Compaction.IsDue && _random.Next(100) > 0)
        {
            return;
        }

        store.Compaction.SliceBytes = _random.Next(3) == 0 ? 1 << _random.Next(20) : 64 * 1024;
        _freed += store.Compaction.Turn();
        _laps += store.Compaction.IsRunning ? 0 : 1;
    }

    /// <summary>Some of a copy; at its end, with what changed since its beginning, it is what the store is.</summary>
    private void Sweep(CustomerStore store, string place)
    {
        if (_sweep is null)
        {
            _sweep = store.BeginSweep();
            _copy.Clear();
            _since.Clear();
        }

        for (var i = _random.Next(1000); i >= 0; i--)
        {
            if (!_sweep.MoveNext())
            {
                _sweep.Dispose();
                _sweep = null;
                _copies++;
                foreach (var (key, value) in _since)
                {
                    Put(_copy, key, value);
                }

                Assert.True(_copy.Count == _model.Count && _copy.All(entry => _model[entry.Key].AsSpan().SequenceEqual(entry.Value)), place);
                return;
            }

            Put(_copy, _sweep.Key, _sweep.IsDeleted ? null : _sweep.Value.ToArray());
        }
    }

    private static void Put(Dictionary<string, byte[]> state, ReadOnlySpan<byte> key, byte[]? value)
    {
        if (value is null)
        {
            state.Remove(Convert.ToHexString(key));
        }
        else
        {
            state[Convert.ToHexString(key)] = value;
        }
    }

    private static Dictionary<string, byte[]> Scan(CustomerStore store)
    {
        var found = new Dictionary<string, byte[]>();
        store.Scan((key, value) => found.Add(Convert.ToHexString(key), value.ToArray()));
        return found;
    }

    private static Dictionary<string, byte[]> Copy(CustomerStore store)
    {
        var found = new Dictionary<string, byte[]>();
        using var sweep = store.BeginSweep();
        while (sweep.MoveNext())
        {
            Put(found, sweep.Key, sweep.IsDeleted ? null : sweep.Value.ToArray());
        }

        return found;
    }

    private byte[] ValueOf(int step)
    {
        var value = new byte[_random.Next(4) == 0 ? _random.Next(1, 6000) : _random.Next(1, 900)];
        new Random(step).NextBytes(value);
        return value;
    }

    private sealed class Found : IStateReader
    {
        public CustomerStore Store { get; set; } = null!;

        public long At { get; set; }

        public void OnValue(int token, ReadOnlySpan<byte> value) => At = Store.FoundAt;
    }
}
